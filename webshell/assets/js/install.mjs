// The app on one's own device: the service worker with the page for the time without a connection, and its removal.
import { forgetIfEmpty, mine } from "./outbox.mjs";

const CACHES = "layers-";
const SHELL = "layers-shell";
const REFRESH_MS = 60 * 60 * 1000;
const TRIES = 3;
const TRY_MS = 2000;

export async function install() {
  document.querySelectorAll('form[action="/sign-out"]').forEach((form) => form.addEventListener("submit", (event) => leave(event, form)));
  document.querySelectorAll("form[data-not-my-device]").forEach((form) => form.addEventListener("submit", (event) => giveAway(event, form)));
  const shell = document.querySelector("meta[name=layers-shell]")?.content;
  if (!("serviceWorker" in navigator) || !("caches" in window)) {
    return;
  }
  await forgetOthers();
  await navigator.serviceWorker.register("/sw.js");
  if (!shell) {
    return;
  }
  // Once more where a file of it did not arrive.
  for (let tries = 0; tries < TRIES && !(await isKept(shell)); tries += 1) {
    (await navigator.serviceWorker.ready).active.postMessage({ shell, key: shellKey(shell) });
    await new Promise((resolve) => setTimeout(resolve, TRY_MS));
  }
}

async function isKept(shell) {
  const kept = await caches.match(shellKey(shell));
  return Boolean(kept) && Date.now() - Date.parse(kept.headers.get("Date") ?? "") < REFRESH_MS;
}

function shellKey(shell) {
  return `${shell}?for=${whose()}`;
}

function whose() {
  return document.querySelector("meta[name=layers-owner]").content;
}

// A page kept for one person is not shown to the next, who may have no such page: under it they would write in the
// name of the one before.
async function forgetOthers() {
  if (await caches.has(SHELL)) {
    const kept = await (await caches.open(SHELL)).keys();
    if (kept.some((key) => new URL(key.url).searchParams.get("for") !== whose())) {
      await caches.delete(SHELL);
    }
  }
}

// A shared device keeps nothing. What somebody left in the outbox on purpose stays, out of everybody's sight.
export async function clear() {
  if ("serviceWorker" in navigator) {
    const workers = await navigator.serviceWorker.getRegistrations();
    await Promise.all(workers.map((worker) => worker.unregister()));
  }
  if ("caches" in window) {
    const names = (await caches.keys()).filter((name) => name.startsWith(CACHES));
    await Promise.all(names.map((name) => caches.delete(name)));
  }
  await forgetIfEmpty();
}

async function leave(event, form) {
  event.preventDefault();
  const waiting = await mine().catch(() => []);
  if (waiting.length && !("keep" in form.dataset)) {
    location.assign("/me/outbox?leaving=1");
    return;
  }
  await clear().catch(() => undefined);
  form.submit();
}

async function giveAway(event, form) {
  event.preventDefault();
  const waiting = await mine().catch(() => []);
  form.querySelector("[data-not-yet]").hidden = waiting.length === 0;
  if (!waiting.length) {
    await clear().catch(() => undefined);
    form.submit();
  }
}
