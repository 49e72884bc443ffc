// The answers that a kiosk could not send yet. An entry: { key, form, given, query, fields, refused }; `key` makes it one
// submit however often it is sent, `given` is when it was answered by this tablet's clock, `query` the language.
import { Store, alone } from "./store.mjs";

const DATABASE = "layers-kiosk";
const AGAIN_MS = 15000;
const SLOW_MS = 30000;
const MOST_SECONDS = 999999999;

export class Waiting {
  // `nonce` gives the present page's, which takes the place of one that the server no longer knows.
  constructor(form, address, nonce) {
    this.form = form;
    this.address = address;
    this.nonce = nonce;
    this.store = new Store(DATABASE);
    this.again = null;
  }

  begin() {
    if (!("indexedDB" in window)) {
      return;
    }
    window.addEventListener("online", () => this.flush());
    document.querySelector("[data-kiosk-drop]")?.addEventListener("click", () => this.dropRefused());
    this.show();
    this.flush();
  }

  async keep(entry) {
    await this.store.put(entry);
    // Without this the browser may throw entries away when its disk is full.
    navigator.storage?.persist?.();
    await this.show();
    this.later();
  }

  async mine() {
    const all = await this.store.all();
    return all.filter((entry) => entry.form === this.form).sort((one, other) => one.given - other.given);
  }

  // What the server answered: { status, page }; null without a connection.
  async deliver(entry, slow = SLOW_MS) {
    const waited = Math.min(Math.max(0, Math.round((Date.now() - entry.given) / 1000)), MOST_SECONDS);
    const body = new URLSearchParams([...entry.fields, ["own", entry.key], ["waited", waited]]);
    try {
      const answer = await fetch(this.address + entry.query, {
        method: "POST", body, credentials: "omit", cache: "no-store", redirect: "error", signal: AbortSignal.timeout(slow),
      });
      return { status: answer.status, page: new DOMParser().parseFromString(await answer.text(), "text/html") };
    } catch {
      return null;
    }
  }

  flush() {
    return alone(DATABASE + ":send", async () => {
      for (const entry of (await this.mine()).filter((one) => !one.refused)) {
        if (!(await this.send(entry))) {
          break;
        }
      }
      await this.show();
      if ((await this.mine()).some((one) => !one.refused)) {
        this.later();
      }
    });
  }

  // Whether the next one may be tried.
  async send(entry) {
    if (!(await this.store.get(entry.key))) {
      return true;
    }
    let answer = await this.deliver(entry);
    const fresh = answer?.page.querySelector("[data-kiosk] input[name=nonce]")?.value;
    const renewed = fresh && entry.fields.some(([name, value]) => name === "nonce" && value !== fresh);
    if (answer?.status === 422 && renewed) {
      // Only the seal of its page is too old or another's; the answers and their key are the same.
      const fields = entry.fields.map(([name, value]) => [name, name === "nonce" ? fresh : value]);
      answer = await this.deliver({ ...entry, fields });
    }
    if (answer?.status === 200) {
      await this.store.delete(entry.key);
      return true;
    }
    if (answer?.status === 422 || answer?.status === 413) {
      await this.store.put({ ...entry, refused: true });
      return true;
    }
    return false;
  }

  later() {
    clearTimeout(this.again);
    this.again = setTimeout(() => this.flush(), AGAIN_MS);
  }

  async dropRefused() {
    for (const entry of (await this.mine()).filter((one) => one.refused)) {
      await this.store.delete(entry.key);
    }
    await this.show();
  }

  async show() {
    const entries = await this.mine();
    for (const [name, found] of [["waiting", entries.filter((one) => !one.refused)], ["refused", entries.filter((one) => one.refused)]]) {
      const line = document.querySelector(`[data-kiosk-${name}]`);
      if (line) {
        line.hidden = found.length === 0;
        line.querySelector("[data-kiosk-number]").textContent = found.length;
      }
    }
  }
}
