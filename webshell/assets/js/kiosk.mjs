// A public form on a tablet that stands in a waiting room, for patient after patient:
// <div data-kiosk="NAME" data-kiosk-start="/f/…"> with the form or the thanks in it.
//
// What a patient sends goes to the server. Without a connection it is kept in this browser's own database, and sent once
// when there is one: each patient's answers have a key that this page makes, so that a repeat is known as one. Then
// nothing of it is left here. Nobody finds what the one before wrote: the page starts again by itself.
import { Waiting } from "./kiosk_waiting.mjs";
import { Idle } from "./kiosk_idle.mjs";
import { receiptOf } from "./receipt.mjs";

const LEAVE_MS = 15000;
const FRESH_MS = 60 * 60 * 1000;
const SLOW_MS = 8000;

export function start(place) {
  const kiosk = new Kiosk(place);
  kiosk.begin();
}

class Kiosk {
  constructor(place) {
    this.place = place;
    this.startAt = place.dataset.kioskStart;
    this.form = place.querySelector("form");
    this.key = newKey();
    this.waiting = new Waiting(place.dataset.kiosk, this.startAt, () => this.form?.elements.nonce.value ?? "");
    this.idle = new Idle(document.querySelector("[data-kiosk-idle]"), () => this.again());
    this.sending = false;
    this.lacking = document.querySelector("[data-kiosk-missing]");
    this.away = document.querySelector("[data-kiosk-away]");
  }

  begin() {
    // A page out of the browser's memory would show what the patient before wrote.
    window.addEventListener("pageshow", (event) => event.persisted && location.replace(this.startAt));
    window.addEventListener("pagehide", () => this.form?.reset());
    if (this.form) {
      this.form.autocomplete = "off";
      this.form.addEventListener("submit", (event) => this.submit(event));
      this.form.addEventListener("input", () => this.idle.watch());
      // Whoever chose another language or size, or was told of a mistake, is in the middle of it.
      if (location.search || document.querySelector(".nhsuk-error-summary")) {
        this.idle.watch();
      }
      setInterval(() => this.idle.watching || this.again(), FRESH_MS);
    } else {
      this.leaveSoon(this.place);
    }
    this.waiting.begin();
    keepForLater(this.startAt);
  }

  async submit(event) {
    event.preventDefault();
    const { submitter } = event;
    if (this.sending) {
      return;
    }
    this.sending = true;
    this.place.setAttribute("aria-busy", "true");
    const fields = [...new FormData(this.form, submitter)].map(([name, value]) => [name, String(value)]);
    const entry = { key: this.key, form: this.place.dataset.kiosk, given: Date.now(), query: location.search, fields };
    const answer = await this.waiting.deliver(entry, SLOW_MS);
    this.sending = false;
    this.place.removeAttribute("aria-busy");
    if (answer?.status === 200 && !answer.page.querySelector("[data-kiosk] form")) {
      this.thank(answer.page.querySelector("[data-kiosk]"), answer.page.title);
    } else if (answer && answer.status < 500 && answer.status !== 429) {
      // The server has something to say about the form: it says so on a page of its own.
      this.hand(entry, submitter);
    } else if (submitter?.name) {
      this.point(this.away);
    } else if (this.missing()) {
      this.point(this.lacking, this.missing());
    } else {
      await this.keep(entry);
    }
  }

  // Sends the form as a browser does by itself.
  hand(entry, submitter) {
    for (const [name, value] of [["own", entry.key], ["waited", "0"], [submitter?.name, submitter?.value]]) {
      if (name) {
        this.form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
      }
    }
    this.form.submit();
  }

  // The first question without an answer that needs one. Without a connection nobody but this page can tell.
  missing() {
    const names = this.lacking.dataset.kioskMissing.split(" ").filter(Boolean);
    const asked = [...this.form.elements].filter((control) => !control.disabled && control.type !== "hidden");
    for (const name of names) {
      const inputs = asked.filter((control) => new RegExp(`^${name}($|[-x])`).test(control.name));
      if (inputs.length && !inputs.some(isFilledIn)) {
        return inputs[0];
      }
    }
    return null;
  }

  point(summary, control = null) {
    if (control) {
      summary.querySelector("a").href = `#${control.id}`;
    }
    summary.hidden = false;
    this.place.prepend(summary);
    summary.focus();
  }

  async keep(entry) {
    await this.waiting.keep(entry);
    const thanks = document.querySelector("[data-kiosk-kept]").content.cloneNode(true).firstElementChild;
    const [practice] = entry.form.split(" ");
    const receipt = await receiptOf(`own.${entry.key}.${practice}`);
    const code = thanks.querySelector("[data-kiosk-receipt]");
    code.textContent = receipt;
    code.closest("[data-kiosk-with-receipt]").hidden = receipt === "";
    this.thank(thanks, thanks.dataset.title);
  }

  // In the place of the form, so that the browser's history has no page with a receipt in it.
  thank(thanks, title) {
    this.form.reset();
    this.key = newKey();
    this.thanks = document.adoptNode(thanks);
    this.place.replaceWith(this.thanks);
    document.querySelectorAll(".layers-public-choices").forEach((choices) => (choices.hidden = true));
    this.title = document.title;
    document.title = title;
    window.scrollTo(0, 0);
    const heading = this.thanks.querySelector("h1");
    heading.tabIndex = -1;
    heading.focus();
    this.leaveSoon(this.thanks);
  }

  leaveSoon(thanks) {
    const leaving = setTimeout(() => this.again(), LEAVE_MS);
    const offer = thanks.querySelector("[data-kiosk-leaves]");
    if (offer) {
      offer.hidden = false;
      offer.querySelector("button").addEventListener("click", () => {
        clearTimeout(leaving);
        offer.hidden = true;
        this.idle.watch();
      });
    }
  }

  // The empty form, in the practice's first language. Without a connection or a kept page it is emptied where it is.
  async again() {
    this.idle.rest();
    [this.lacking, this.away].forEach((summary) => (summary.hidden = true));
    if (navigator.serviceWorker?.controller || (await isThere(this.startAt))) {
      location.replace(this.startAt);
      return;
    }
    this.form?.reset();
    this.form?.dispatchEvent(new Event("change"));
    if (this.thanks) {
      this.thanks.replaceWith(this.place);
      this.thanks = null;
      document.querySelectorAll(".layers-public-choices").forEach((choices) => (choices.hidden = false));
      document.title = this.title;
    }
    window.scrollTo(0, 0);
  }
}

function isFilledIn(control) {
  return ["radio", "checkbox"].includes(control.type) ? control.checked : control.value.trim() !== "";
}

async function isThere(address) {
  try {
    return (await fetch(address, { cache: "no-store", credentials: "omit", signal: AbortSignal.timeout(SLOW_MS) })).ok;
  } catch {
    return false;
  }
}

// 128 random bits and more, in letters that the server takes (layers_core.web.read_nonce).
function newKey() {
  const bytes = String.fromCharCode(...crypto.getRandomValues(new Uint8Array(18)));
  return btoa(bytes).replaceAll("+", "-").replaceAll("/", "_");
}

// The page in all its languages and sizes, for times without a connection.
async function keepForLater(address) {
  if (!("serviceWorker" in navigator) || !("caches" in window)) {
    return;
  }
  const languages = [...document.querySelectorAll(".layers-public-choices a[hreflang]")].map((link) => link.hreflang);
  const queries = ["", ...languages].flatMap((lang) => ["", "large"].map((size) => query({ lang, size })));
  await navigator.serviceWorker.register("/f/sw.js");
  const { active } = await navigator.serviceWorker.ready;
  active.postMessage({ pages: queries.map((asked) => address + asked) });
}

function query(parts) {
  const asked = new URLSearchParams(Object.entries(parts).filter(([, value]) => value)).toString();
  return asked && `?${asked}`;
}
