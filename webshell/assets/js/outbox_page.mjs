// What of the outbox is seen: the record form that hands over to it, the list of entries, the number in the header.
import { drop, flush, isOwn, mine, onChange, practiceOf, put, send } from "./outbox.mjs";
import { fill } from "./fields.mjs";

// What becomes of an entry that stays as it is.
const WAITING = ["later", "away", "signed_out", "other_person"];

export function start() {
  if (!isOwn()) {
    return;
  }
  const list = document.querySelector("[data-outbox-list]");
  const draw = () => show(list).catch(() => undefined);
  onChange(draw);
  draw();
  document.querySelectorAll("[data-outbox-send]").forEach((button) => button.addEventListener("click", () => sendNow(button)));
}

async function show(list) {
  const entries = await mine();
  const number = document.querySelector("[data-outbox-waiting]");
  if (number) {
    number.hidden = entries.length === 0;
    number.querySelector("[data-outbox-number]").textContent = entries.length;
  }
  if (!list) {
    return;
  }
  const focused = list.contains(document.activeElement);
  list.querySelector("[data-outbox-entries]").replaceChildren(...entries.map(row));
  list.querySelector("[data-outbox-none]").hidden = entries.length > 0;
  list.querySelector("[data-outbox-some]").hidden = entries.length === 0;
  if (focused && !list.contains(document.activeElement)) {
    list.querySelector("h2").focus();
  }
}

function row(entry) {
  const item = document.querySelector("template[data-outbox-entry]").content.cloneNode(true);
  item.querySelector("[data-entry-words]").replaceChildren(
    ...entry.words.map((value) => Object.assign(document.createElement("p"), { textContent: value, dir: "auto" })),
  );
  item.querySelector("[data-entry-made]").textContent = new Intl.DateTimeFormat(language(), { dateStyle: "long", timeStyle: "short" }).format(new Date(entry.made));
  item.querySelectorAll("[data-entry-when]").forEach((part) => (part.hidden = part.dataset.entryWhen !== entry.state));
  item.querySelector("[data-entry-problems]").replaceChildren(
    ...entry.problems.map((problem) => Object.assign(document.createElement("li"), { textContent: problem })),
  );
  item.querySelector("[data-entry-mend]").addEventListener("click", () => mend(entry));
  item.querySelector("[data-entry-continue]").href = placeOf(entry);
  item.querySelector("[data-entry-delete]").addEventListener("click", () => drop(entry));
  return item;
}

// Dates as the other pages write them: 22 November 2026.
function language() {
  const { lang } = document.documentElement;
  return lang === "en" ? "en-GB" : lang;
}

// Where an entry's own form is filled with it again.
function placeOf(entry) {
  const kind = entry.fields.find(([name]) => name === "kind")?.[1] ?? "";
  return `${entry.page}?${new URLSearchParams({ unfinished: entry.id, kind })}`;
}

// The server shows the form again with what is wrong and what was typed, as it does for every form. Sending it first
// makes sure that it is its writer who looks at it; what is too large to be read at all comes back from this device.
async function mend(entry) {
  const result = await send(entry);
  if (result.state === "saved") {
    location.assign(result.url);
  } else if (result.state !== "refused") {
    tell(result.state);
  } else if (!result.problems.length) {
    location.assign(placeOf(entry));
  } else {
    const form = Object.assign(document.createElement("form"), {
      method: "post", action: entry.page, enctype: "multipart/form-data", hidden: true,
    });
    form.append(...[...entry.fields, ["csrf_token", result.csrf_token]].map(([name, value]) => carrier(name, value)));
    document.body.append(form);
    form.submit();
  }
}

function carrier(name, value) {
  if (typeof value === "string") {
    return Object.assign(document.createElement("textarea"), { name, value });
  }
  const files = new DataTransfer();
  if (value.size) {
    files.items.add(value);
  }
  return Object.assign(document.createElement("input"), { type: "file", name, files: files.files });
}

async function sendNow(button) {
  button.disabled = true;
  const results = await flush();
  button.disabled = false;
  tell(results.find((result) => WAITING.includes(result.state))?.state ?? "");
}

// One line, said to whoever listens: why nothing can be sent just now.
function tell(state) {
  const line = document.querySelector("[data-outbox-said]");
  line?.querySelectorAll("[data-outbox-says]").forEach((part) => (part.hidden = !part.dataset.outboxSays.split(" ").includes(state)));
}

// The record form: kept here first, then sent. So neither a lost connection nor an ended sign-in takes anything.
export function intercept(form) {
  if (!isOwn()) {
    return;
  }
  const offline = "offlineShell" in form.dataset;
  if (offline) {
    begin(form);
  }
  form.addEventListener("submit", async (event) => {
    if (event.submitter?.name) {
      // A button with a name asks the server for something else than to save.
      return;
    }
    event.preventDefault();
    if (form.dataset.sending) {
      return;
    }
    form.dataset.sending = "yes";
    try {
      await handOver(form, offline);
    } catch {
      // The browser keeps nothing for us, as in some private windows: the form goes its plain way.
      form.submit();
    } finally {
      delete form.dataset.sending;
    }
  });
}

async function handOver(form, offline) {
  const result = await send(await put(form));
  if (result.state === "saved") {
    location.assign(result.url);
  } else if (result.state === "signed_out" || result.state === "gone") {
    location.assign("/me/outbox");
  } else if (result.state === "refused" && !offline) {
    form.submit();
  } else {
    keptHere(form);
  }
}

function keptHere(form) {
  const template = document.querySelector("template[data-outbox-kept]");
  document.querySelectorAll("[data-outbox-kept-notice]").forEach((old) => old.remove());
  const notice = template.content.firstElementChild.cloneNode(true);
  form.before(notice);
  form.reset();
  form.elements.client_key.value = newKey();
  notice.focus();
}

function newKey() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

// The form of the page that was kept for the time without a connection: each time it opens it is a new one.
function begin(form) {
  form.elements.client_key.value = newKey();
  const asked = new URLSearchParams(location.search);
  const link = asked.get("url") ?? "";
  const shared = [asked.get("title"), asked.get("text"), /^https?:\/\//i.test(link) ? link : ""].filter(Boolean);
  const field = form.querySelector("textarea");
  if (shared.length && field) {
    field.value = [...new Set(shared)].join("\n");
  }
  const wanted = asked.get("unfinished");
  if (wanted) {
    mine().then((entries) => {
      // What belongs to another form or practice is not saved here as something of its own.
      const here = `/${practiceOf(form.dataset.outbox)}/record`;
      const entry = entries.find((one) => one.id === wanted && one.page === here);
      if (entry) {
        fill(form, entry.fields, entry.typed);
        form.elements.client_key.value = entry.id;
      }
    });
  }
}
