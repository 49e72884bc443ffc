// The service worker of kiosks: it keeps the empty pages of a public form with the files that they need, for times
// without a connection. What patients write never comes through here.
const PAGES = "layers-kiosk-pages";
const FILES = "layers-kiosk-files";
const SLOW_MS = 5000;
const FRESH_MS = 60 * 60 * 1000;
const STATIC = /(?:href|src)="(\/static\/[^"]+)"/g;
const MODULES = ["components", "components_more", "recorder", "capture", "speak", "asking", "store", "kiosk", "kiosk_idle", "kiosk_waiting", "receipt"];
const PARTS = MODULES.map((name) => `/static/layers/${name}.mjs`);

self.addEventListener("install", (event) => {
  self.skipWaiting();
  event.addRoutes?.({ condition: { requestMethod: "POST" }, source: "network" });
});
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("message", (event) => {
  if (event.data?.pages) {
    event.waitUntil(keep(event.data.pages));
  }
});

// All pages anew once an hour: what they are made of may have changed.
async function keep(addresses) {
  const pages = await caches.open(PAGES);
  const known = await pages.match(keyOf(addresses[0]));
  if (known && Date.now() - Date.parse(known.headers.get("Date") ?? "") < FRESH_MS) {
    return;
  }
  const files = await caches.open(FILES);
  const wanted = new Set(PARTS);
  for (const address of addresses) {
    const answer = await fetch(address, { cache: "no-store", credentials: "omit", redirect: "error" });
    if (answer.status !== 200) {
      return;
    }
    const page = await answer.clone().text();
    [...page.matchAll(STATIC)].forEach((match) => wanted.add(match[1].replaceAll("&amp;", "&")));
    await pages.put(keyOf(address), answer);
  }
  await Promise.all([...wanted].map((address) => files.add(new Request(address, { cache: "reload" }))));
  for (const old of await files.keys()) {
    const { pathname, search } = new URL(old.url);
    if (!wanted.has(pathname + search)) {
      await files.delete(old);
    }
  }
}

// A page's address with its language and size in one order.
function keyOf(address) {
  const { pathname, searchParams } = new URL(address, self.location.origin);
  const asked = ["lang", "size"].map((name) => searchParams.get(name) ?? "");
  return `${pathname}?${asked.join("&")}`;
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const address = new URL(request.url);
  if (request.method !== "GET" || address.origin !== self.location.origin) {
    return;
  }
  if (request.mode === "navigate") {
    event.respondWith(page(request));
  } else if (address.pathname.startsWith("/static/")) {
    event.respondWith(file(request, address));
  }
});

async function page(request) {
  const pages = await caches.open(PAGES);
  const kept = (await pages.match(keyOf(request.url))) ?? (await pages.match(keyOf(new URL(request.url).pathname)));
  const asked = fetch(request);
  try {
    const answer = await (kept ? Promise.race([asked, slow()]) : asked);
    if (answer.status === 410 || answer.status === 404) {
      // The link was withdrawn: no later patient is to answer for nothing.
      await forget(pages, new URL(request.url).pathname);
    }
    return answer.status < 500 ? answer : (kept ?? answer);
  } catch (error) {
    return kept ?? Promise.reject(error);
  }
}

function slow() {
  return new Promise((_, reject) => setTimeout(() => reject(new Error("slow")), SLOW_MS));
}

async function forget(pages, path) {
  for (const known of await pages.keys()) {
    if (new URL(known.url).pathname === path) {
      await pages.delete(known);
    }
  }
}

// A file with a stamp in its address never changes; the others are asked for first.
async function file(request, address) {
  const known = await (await caches.open(FILES)).match(request);
  if (known && address.searchParams.has("v")) {
    return known;
  }
  try {
    return await fetch(request);
  } catch (error) {
    return known ?? Promise.reject(error);
  }
}
