// The outbox: what was recorded without a connection, in this browser's own database, until the server has it.
//
// An entry: { key: [owner, practice, id], owner, practice, id, page, fields, typed, words, made, state, problems }.
// `id` is the form's client key: however often an entry is sent, the server saves it once. States: "waiting" is sent by
// itself, "refused" has to be mended, "gone" belongs to a practice that the writer has left, "unfinished" was never sent.
import { fieldsOf, typedIn } from "./fields.mjs";
import { Store, alone } from "./store.mjs";

const DATABASE = "layers-outbox";
const ASK_MS = 8000;
const SEND_MS = 30000;
// Not every browser says that there is a connection again, so it is tried: soon at first, then more and more rarely.
const SOON_MS = 2000;
const AGAIN_MS = 60000;

const store = new Store(DATABASE);
const owner = document.querySelector("meta[name=layers-owner]")?.content ?? "";

// Tells the page, and other tabs, that there are other entries now.
const channel = "BroadcastChannel" in window ? new BroadcastChannel(DATABASE) : null;
const listeners = [];
channel?.addEventListener("message", () => listeners.forEach((listen) => listen()));

export function onChange(listen) {
  listeners.push(listen);
}

function changed() {
  listeners.forEach((listen) => listen());
  channel?.postMessage("changed");
}

export function isOwn() {
  return owner !== "" && "indexedDB" in window;
}

// The person's own entries, oldest first. Nobody else's ever leave the database.
export async function mine() {
  if (!isOwn()) {
    return [];
  }
  const all = await store.all();
  return all.filter((entry) => entry.owner === owner).sort((one, other) => one.made.localeCompare(other.made));
}

async function write(entry) {
  await store.put(entry);
  changed();
}

export async function drop(entry) {
  await store.delete(entry.key);
  changed();
}

// Drops the person's entry of a client key where it is in a state.
export async function remove(id, state) {
  for (const entry of await mine()) {
    if (entry.id === id && entry.state === state) {
      await drop(entry);
    }
  }
}

export async function unfinished(id) {
  return (await mine()).find((entry) => entry.id === id) ?? null;
}

async function entryOf(form, state) {
  const id = form.elements.client_key.value;
  const practice = practiceOf(form.dataset.outbox ?? form.dataset.drafts);
  const before = (await mine()).find((entry) => entry.id === id);
  const typed = typedIn(form);
  return {
    key: [owner, practice, id], owner, practice, id, state, problems: [],
    page: form.dataset.outbox ? `/${practice}/record` : location.pathname,
    fields: fieldsOf(form), typed: typed.map((control) => control.name),
    words: typed.map((control) => control.value.trim()), made: before?.made ?? new Date().toISOString(),
  };
}

export async function keepUnfinished(form) {
  const entry = await entryOf(form, "unfinished");
  const before = await store.get(entry.key);
  if (!before || before.state === "unfinished") {
    await write(entry);
  }
}

export async function put(form) {
  const entry = await entryOf(form, "waiting");
  await write(entry);
  // Without this the browser may throw entries away when its disk is full.
  navigator.storage?.persist?.();
  return entry;
}

export function practiceOf(address) {
  return new URL(address, location.href).pathname.split("/")[1];
}

// Sends one entry and says what came of it: { state: saved | refused | gone | signed_out | other_person | later | away |
// sent }. "later" is about this entry or the server, "away" about the connection: the others wait as well.
// The lock keeps two tabs from sending it at once; where there are no locks, the client key does.
export async function send(entry) {
  return alone(`${DATABASE}:${entry.id}`, async () => {
    const now = await store.get(entry.key);
    if (!now || now.state === "unfinished") {
      return { state: "sent" };
    }
    const result = await deliver(now);
    if (result.state === "saved") {
      await drop(now);
    } else if (result.state === "refused" || result.state === "gone") {
      await write({ ...now, state: result.state, problems: result.problems ?? [] });
    }
    return result;
  });
}

async function deliver(entry) {
  if (entry.owner !== owner) {
    return { state: "other_person" };
  }
  const { practice } = entry;
  try {
    const asked = await fetch(`/${practice}/outbox`, { redirect: "manual", cache: "no-store", signal: AbortSignal.timeout(ASK_MS) });
    if (asked.type === "opaqueredirect") {
      return { state: "signed_out" };
    }
    if (asked.status === 404) {
      return { state: "gone" };
    }
    if (!asked.ok) {
      return { state: "later" };
    }
    const signedIn = await asked.json();
    if (signedIn.owner !== entry.owner) {
      return { state: "other_person" };
    }
    const body = new FormData();
    entry.fields.forEach(([name, value]) => body.append(name, value));
    body.append("owner", entry.owner);
    body.append("csrf_token", signedIn.csrf_token);
    const answer = await fetch(`/${practice}/outbox`, { method: "POST", body, redirect: "manual", signal: AbortSignal.timeout(SEND_MS) });
    return { ...(await meaning(answer)), csrf_token: signedIn.csrf_token };
  } catch {
    return { state: "away" };
  }
}

async function meaning(answer) {
  if (answer.type === "opaqueredirect") {
    return { state: "signed_out" };
  }
  if (answer.status === 404) {
    return { state: "gone" };
  }
  if (answer.status === 413) {
    return { state: "refused", problems: [] };
  }
  return answer.headers.get("Content-Type")?.startsWith("application/json") ? answer.json() : { state: "later" };
}

// Sends whatever waits, now and whenever there may be a connection again.
let flushing = null;
let again = null;
let pause = SOON_MS;

export async function flush() {
  flushing ??= sendAll().finally(() => (flushing = null));
  return flushing;
}

async function sendAll() {
  const results = [];
  for (const entry of (await mine()).filter((waiting) => waiting.state === "waiting")) {
    const result = await send(entry);
    results.push(result);
    if (["away", "signed_out", "other_person"].includes(result.state)) {
      break;
    }
  }
  clearTimeout(again);
  if (results.some((result) => ["away", "later"].includes(result.state))) {
    again = setTimeout(flush, pause);
    pause = Math.min(2 * pause, AGAIN_MS);
  } else {
    pause = SOON_MS;
  }
  return results;
}

if (isOwn()) {
  window.addEventListener("online", flush);
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && flush());
}

// Drops the database where nothing waits in it, for anybody.
export async function forgetIfEmpty() {
  if ("indexedDB" in window) {
    await store.dropIfEmpty();
  }
}
