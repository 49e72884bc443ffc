// Drafts: a form with data-draft keeps what is typed on the server, and offers what was begun before.
// On a device that is somebody's own, what the server can't be given is kept there until it can.
import { isOwn, keepUnfinished, unfinished, remove } from "./outbox.mjs";
import { fill } from "./fields.mjs";

const PAUSE_MS = 3000;

export async function start(form) {
  const keeper = new Keeper(form);
  form.addEventListener("input", () => keeper.typed());
  form.addEventListener("submit", () => keeper.stop());
  document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && keeper.hide());
  window.addEventListener("pagehide", () => keeper.hide());
  form.dataset.draftKeeps = "";
  if (begunBefore(form)) {
    keeper.typed();
  }
  await keeper.offer();
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
    this.sending = null;
  }

  typed() {
    this.changed = true;
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => this.keep(), PAUSE_MS);
  }

  // The form itself is on its way: a draft that arrived after it would come back as if nothing had been saved.
  stop() {
    clearTimeout(this.waiting);
    this.changed = false;
    this.sending?.abort();
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
    return new URLSearchParams([...words, ["draft_form", this.name], ["draft_page", page]]);
  }

  async keep(options = {}) {
    this.changed = false;
    this.sending = new AbortController();
    const { signal } = this.sending;
    try {
      const answer = await fetch(this.address, { method: "POST", body: this.body(), redirect: "manual", signal, ...options });
      if (answer.status === 200) {
        this.belongs(`${this.name} ${this.form.elements.client_key.value}`);
        this.say(await answer.text());
        await remove(this.form.elements.client_key.value, "unfinished");
      } else if (answer.status !== 204) {
        this.failed();
      }
    } catch {
      if (!signal.aborted) {
        this.failed();
      }
    }
  }

  failed() {
    this.changed = true;
    if (isOwn()) {
      keepUnfinished(this.form);
    }
  }

  // From now on the form says whose draft is dropped once it is saved.
  belongs(draft) {
    let field = this.form.elements.draft_of;
    if (!field) {
      field = Object.assign(document.createElement("input"), { type: "hidden", name: "draft_of" });
      this.form.append(field);
    }
    field.value = draft;
  }

  say(words) {
    let line = this.form.querySelector("[data-draft-said]");
    if (!line) {
      line = document.createElement("p");
      line.className = "layers-meta";
      line.dataset.draftSaid = "";
      this.form.append(line);
    }
    line.textContent = words.trim();
  }

  async offer() {
    const key = this.form.elements.client_key.value;
    const wanted = new URLSearchParams(location.search).get("unfinished");
    const entry = wanted && isOwn() ? await unfinished(wanted) : null;
    if (entry) {
      fill(this.form, entry.fields);
      this.typed();
    }
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
    if (!found) {
      return;
    }
    if ("draftOwn" in found.dataset) {
      this.belongs(`${this.name} ${key}`);
    }
    if (!found.children.length) {
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
    fill(this.form, Object.entries(JSON.parse(chosen.dataset.draftFields)).flatMap(([name, values]) => values.map((value) => [name, value])));
    this.belongs(chosen.dataset.draftForm);
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
