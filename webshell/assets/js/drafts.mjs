// Drafts: a form with data-draft keeps what is typed on the server, and offers what was begun before.
// On a device that is somebody's own, what the server can't be given is kept there until it can.
import { isOwn, keepUnfinished, unfinished, remove } from "./outbox.mjs";
import { fill, typedIn } from "./fields.mjs";

const PAUSE_MS = 3000;

export async function start(form) {
  const keeper = new Keeper(form);
  form.addEventListener("input", () => keeper.typed());
  form.addEventListener("submit", (event) => keeper.sent(event));
  // A part of the form was saved by itself, and the draft went with it: what is still typed becomes a new one.
  form.addEventListener("layers-saved", (event) => keeper.partSaved(event.detail.more));
  // Another form of the page may end the sign-in: what was typed here goes before it.
  document.addEventListener("submit", (event) => event.target !== form && keeper.hide(), { capture: true });
  document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && keeper.hide());
  window.addEventListener("pagehide", () => keeper.hide());
  form.dataset.draftKeeps = "";
  const cameBack = document.querySelector(".nhsuk-error-summary") !== null;
  if (cameBack || begunBefore(form)) {
    keeper.typed();
  }
  await keeper.proceed();
  // Going on with something else would take the place of what has to be mended.
  if (!cameBack) {
    await keeper.offer();
  }
}

// Whoever types fast has begun before this script was there.
function begunBefore(form) {
  return [...form.querySelectorAll("textarea, input[type=text]")].some((control) => control.value !== control.defaultValue);
}

class Keeper {
  constructor(form) {
    this.form = form;
    this.address = form.dataset.drafts;
    this.name = form.dataset.draft;
    this.waiting = null;
    this.changed = false;
    this.reached = false;
    this.onDevice = false;
    this.sending = null;
  }

  typed() {
    this.changed = true;
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => this.keep(), PAUSE_MS);
  }

  // The form itself is on its way: a draft that arrived after it would come back as if nothing had been saved.
  sent(event) {
    clearTimeout(this.waiting);
    const waits = "outbox" in this.form.dataset && !event.submitter?.name;
    if ((!navigator.onLine || this.onDevice) && !this.reached && !waits) {
      event.preventDefault();
      this.tryFirst(event.submitter);
      return;
    }
    this.changed = this.reached = false;
    this.sending?.abort();
    this.belongs();
  }

  // Without a connection the browser would put a page of its own in the place of what was typed. It may be wrong
  // about the connection, so the server is asked. What waits on the device becomes a draft first, which goes with the save.
  async tryFirst(submitter) {
    this.reached = await this.keep();
    if (this.reached) {
      this.form.requestSubmit(submitter);
    } else {
      this.say(this.form.dataset.draftOffline, "alert");
    }
  }

  partSaved(more) {
    clearTimeout(this.waiting);
    this.changed = false;
    this.sending?.abort();
    if (more) {
      this.typed();
    } else {
      this.leaveDevice();
    }
  }

  hide() {
    if (this.changed) {
      clearTimeout(this.waiting);
      this.keep({ keepalive: true });
    }
  }

  body() {
    const words = [...new FormData(this.form)].filter(([, value]) => typeof value === "string");
    const page = location.pathname + (this.form.dataset.draftQuery ?? "");
    const typed = typedIn(this.form).map((control) => ["draft_typed", control.name]);
    return new URLSearchParams([...words, ...typed, ["draft_form", this.name], ["draft_page", page]]);
  }

  // Whether the server answered, whatever it said.
  async keep(options = {}) {
    this.changed = false;
    // What was kept before must not arrive after this.
    this.sending?.abort();
    this.sending = new AbortController();
    const { signal } = this.sending;
    try {
      const answer = await fetch(this.address, { method: "POST", body: this.body(), redirect: "manual", signal, ...options });
      if (answer.status === 200) {
        this.say(await answer.text());
        await this.leaveDevice();
      } else if (answer.status !== 204) {
        this.failed();
      }
      return true;
    } catch {
      if (!signal.aborted) {
        this.failed();
      }
      return false;
    }
  }

  failed() {
    this.changed = true;
    if (isOwn()) {
      this.onDevice = true;
      keepUnfinished(this.form);
    }
  }

  async leaveDevice() {
    if (this.onDevice) {
      this.onDevice = false;
      await remove(this.form.elements.client_key.value, "unfinished");
    }
  }

  // The form says which draft is dropped once it is saved.
  belongs() {
    let field = this.form.elements.draft_of;
    if (!field) {
      field = Object.assign(document.createElement("input"), { type: "hidden", name: "draft_of" });
      this.form.append(field);
    }
    field.value = `${this.name} ${this.form.elements.client_key.value}`;
  }

  say(words, role = null) {
    let line = this.form.querySelector("[data-draft-said]");
    if (!line) {
      line = document.createElement("p");
      line.className = "layers-meta";
      line.dataset.draftSaid = "";
      this.form.append(line);
    }
    line.role = role;
    line.textContent = words.trim();
  }

  // The address may name an entry of the device to go on with.
  async proceed() {
    const wanted = new URLSearchParams(location.search).get("unfinished");
    const entry = wanted && isOwn() ? await unfinished(wanted) : null;
    if (entry) {
      this.onDevice = true;
      fill(this.form, entry.fields, entry.typed);
      this.typed();
    }
  }

  async offer() {
    const key = this.form.elements.client_key.value;
    let answer;
    try {
      answer = await fetch(`${this.address}?${new URLSearchParams({ form: this.name, key })}`, { redirect: "manual" });
    } catch {
      return;
    }
    if (answer.status !== 200) {
      return;
    }
    const found = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-draft-offers]");
    if (!found?.children.length) {
      return;
    }
    const offers = document.adoptNode(found);
    offers.addEventListener("click", (event) => this.goOn(event));
    offers.addEventListener("submit", (event) => this.throwAway(event));
    this.form.before(offers);
  }

  goOn(event) {
    const chosen = event.target.closest("[data-draft-continue]")?.closest("section");
    if (!chosen) {
      return;
    }
    const { draftFields, draftTyped } = chosen.dataset;
    const pairs = Object.entries(JSON.parse(draftFields)).flatMap(([name, values]) => values.map((value) => [name, value]));
    fill(this.form, pairs, JSON.parse(draftTyped));
    chosen.remove();
    this.form.querySelector("textarea, input[type=text]")?.focus();
  }

  async throwAway(event) {
    event.preventDefault();
    const dropping = event.target;
    try {
      const answer = await fetch(dropping.action, { method: "POST", body: new URLSearchParams(new FormData(dropping)), redirect: "manual" });
      if (answer.type === "opaqueredirect") {
        dropping.closest("section").remove();
        this.form.querySelector("textarea, input[type=text]")?.focus();
        return;
      }
    } catch {
      // The page that the form leads to says what is wrong.
    }
    dropping.submit();
  }
}
