// A form of many rows, each of which is saved by itself once it is finished: <form data-rows>. Its open rows keep their
// places, whose number is in the names of their fields; a saved row moves up as the page that the server answers with
// shows it, and a new one takes its place. Every row has a key of its own, so it may be sent as often as one likes.
//
// Parts: [data-rows-saved] with [data-saved], [data-rows-open] with [data-row], a <template data-rows-blank>, in a row
// [data-row-first] and [data-row-last], [data-rows-status]. Without this module the form is sent as a whole.
const AGAIN_MS = 15000;
const OPEN_ROWS = 10;

export function start(form) {
  const rows = new Rows(form);
  form.addEventListener("keydown", (event) => rows.key(event));
  form.addEventListener("focusin", (event) => rows.entered(event));
  form.addEventListener("focusout", (event) => rows.left(event));
  form.addEventListener("click", (event) => rows.undo(event));
  window.addEventListener("online", () => rows.sendFinished());
  form.querySelectorAll("[data-rows-only]").forEach((words) => (words.hidden = false));
}

class Rows {
  constructor(form) {
    this.form = form;
    this.saved = form.querySelector("[data-rows-saved]");
    this.open = form.querySelector("[data-rows-open]");
    this.blank = form.querySelector("template[data-rows-blank]");
    this.status = form.querySelector("[data-rows-status]");
    this.turn = Promise.resolve();
    this.again = null;
  }

  // Enter ends a row as Tab does; Shift+Enter is a new line. A choice is made by its number, as browsers do it, and by
  // the first letter of its words, again for the next one with that letter.
  key(event) {
    const row = event.target.closest("[data-row]");
    if (row && event.target.matches("select[data-row-first]") && /^\p{L}$/u.test(event.key) && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      choose(event.target, event.key);
    }
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing && row && event.target.matches("[data-row-last]")) {
      event.preventDefault();
      (row.nextElementSibling ?? row).querySelector("[data-row-first]").focus();
    }
  }

  // There is always one more row to go on to, however many wait to be saved.
  entered(event) {
    if (event.target.closest("[data-row]") === this.open.lastElementChild) {
      this.add();
    }
  }

  left(event) {
    const row = event.target.closest("[data-row]");
    if (!row || row.contains(event.relatedTarget)) {
      return;
    }
    if (finished(row)) {
      this.send(row);
    } else if (begun(row)) {
      this.say(this.form.dataset.rowsUnfinished.replace("%n", row.querySelector("[data-row-number]").textContent));
    }
  }

  sendFinished() {
    [...this.open.children].filter((row) => finished(row) && !row.contains(document.activeElement)).forEach((row) => this.send(row));
  }

  // One after the other, so that the cards stand in the order in which they were typed.
  send(row) {
    this.turn = this.turn.then(() => {
      const ready = row.isConnected && finished(row) && !row.contains(document.activeElement);
      return ready ? this.save(row) : null;
    });
    return this.turn;
  }

  async save(row) {
    const body = this.common();
    row.querySelectorAll("[name]").forEach((control) => body.append(control.name, control.value));
    if ("draftKeeps" in this.form.dataset) {
      body.append("draft_of", `${this.form.dataset.draft} ${this.form.elements.client_key.value}`);
    }
    // What is on its way is not changed.
    row.inert = true;
    const answer = await this.post(body);
    row.inert = false;
    if (answer?.ok) {
      this.take(answer.page, row);
    } else if (answer) {
      this.say(problems(answer.page));
    }
  }

  common() {
    const body = new URLSearchParams();
    for (const control of this.form.elements) {
      if (control.name && !control.closest("[data-row]") && control.type !== "submit") {
        body.append(control.name, control.value);
      }
    }
    return body;
  }

  // What the server answered as a page; null where it could not be asked, and then it is tried again.
  async post(body) {
    let words = this.form.dataset.rowsOffline;
    try {
      const answer = await fetch(this.form.action, { method: "POST", body, headers: { Accept: "text/html" } });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (page.querySelector("form[data-rows]")) {
        return { ok: answer.ok, page };
      }
      words = answer.ok ? this.form.dataset.rowsLocked : words;
    } catch {
      // Without a connection.
    }
    this.say(words);
    clearTimeout(this.again);
    this.again = setTimeout(() => this.sendFinished(), AGAIN_MS);
    return null;
  }

  take(page, row) {
    const known = new Set([...this.saved.children].map((item) => item.dataset.saved));
    const arrived = [...page.querySelectorAll("[data-saved]")].filter((item) => !known.has(item.dataset.saved));
    this.saved.append(...arrived.map((item) => document.adoptNode(item)));
    this.saved.dataset.rowsCount = page.querySelector("[data-rows-saved]").dataset.rowsCount;
    row.remove();
    if (this.open.children.length < OPEN_ROWS) {
      this.add();
    }
    this.count();
    this.say(this.form.dataset.rowsSaid.replace("%n", this.saved.dataset.rowsCount));
    const more = [...this.open.children].some(begun);
    this.form.dispatchEvent(new CustomEvent("layers-saved", { detail: { more } }));
  }

  // A new row, in the first place that is free.
  add() {
    const taken = new Set([...this.open.children].map((row) => Number(row.querySelector("[data-row-first]").name.split("-").at(-1))));
    let place = 0;
    while (taken.has(place)) {
      place += 1;
    }
    const fresh = document.createElement("tbody");
    fresh.innerHTML = this.blank.innerHTML.replaceAll("PLACE", place).replaceAll("KEY", newKey());
    this.open.append(...fresh.children);
    this.count();
  }

  count() {
    const before = Number(this.saved.dataset.rowsCount);
    [...this.open.children].forEach((row, index) => (row.querySelector("[data-row-number]").textContent = before + index + 1));
  }

  async undo(event) {
    const button = event.target.closest("button[name=undo]");
    if (!button) {
      return;
    }
    event.preventDefault();
    button.disabled = true;
    const body = this.common();
    body.append("undo", button.value);
    const answer = await this.post(body);
    if (answer) {
      const rest = new Set([...answer.page.querySelectorAll("[data-saved]")].map((item) => item.dataset.saved));
      const row = button.closest("[data-saved]");
      this.say(answer.page.querySelector(".nhsuk-notification-banner__heading")?.textContent ?? "");
      if (!rest.has(row.dataset.saved)) {
        row.remove();
        this.saved.dataset.rowsCount = answer.page.querySelector("[data-rows-saved]").dataset.rowsCount;
        this.count();
      }
      this.open.querySelector("[data-row-first]").focus();
    } else {
      button.disabled = false;
    }
  }

  say(words) {
    this.status.textContent = words;
  }
}

function choose(select, letter) {
  const options = [...select.options];
  const from = select.selectedIndex + 1;
  const begins = (option) => option.text.replace(/^\P{L}+/u, "").toLocaleLowerCase().startsWith(letter.toLocaleLowerCase());
  const found = [...options.slice(from), ...options.slice(0, from)].find(begins);
  if (found) {
    select.value = found.value;
  }
}

function finished(row) {
  return row.querySelector("[data-row-first]").value !== "";
}

function begun(row) {
  return finished(row) || row.querySelector("[data-row-last]").value.trim() !== "";
}

function problems(page) {
  return [...page.querySelectorAll(".nhsuk-error-summary li")].map((problem) => problem.textContent.trim()).join(". ");
}

function newKey() {
  return btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(18)))).replaceAll("+", "-").replaceAll("/", "_");
}
