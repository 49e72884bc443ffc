// The receipt code of a submit, as the server derives it from the submit's key (layers_patient_input.receipts).
const LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const WORDS = "layers.patient-input.receipt";
const GROUP = 4;

export async function receiptOf(key) {
  if (!crypto.subtle) {
    return "";
  }
  const text = new TextEncoder();
  const secret = await crypto.subtle.importKey("raw", text.encode(key), { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  const digest = new Uint8Array(await crypto.subtle.sign("HMAC", secret, text.encode(WORDS)));
  const bits = [...digest.slice(0, 10)].map((byte) => byte.toString(2).padStart(8, "0")).join("");
  const letters = bits.match(/.{5}/g).map((five) => LETTERS[parseInt(five, 2)]).join("");
  return letters.match(new RegExp(`.{${GROUP}}`, "g")).join("-");
}
