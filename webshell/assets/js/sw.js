// The service worker of somebody's own device. It keeps one page, the empty record form, and the files that it needs;
// never a page with anybody's words. What is recorded without a connection is kept by the page, not here.
const SHELL = "layers-shell";
const FILES = "layers-files";
const SLOW_MS = 5000;
const STATIC = /(?:href|src)="(\/static\/[^"]+)"/g;
const MODULES = ["components", "capture", "drafts", "fields", "outbox", "outbox_page", "store", "install", "recorder"];
const PARTS = MODULES.map((name) => `/static/layers/${name}.mjs`);

self.addEventListener("install", (event) => {
  self.skipWaiting();
  // What a closing page sends, such as a draft, is lost with the page when it comes through here first.
  event.addRoutes?.({ condition: { requestMethod: "POST" }, source: "network" });
});
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("message", (event) => {
  if (event.data?.shell) {
    event.waitUntil(keep(event.data.shell, event.data.key));
  }
});

async function keep(shell, key) {
  const answer = await fetch(shell, { redirect: "manual", cache: "no-store" });
  if (answer.status !== 200) {
    return;
  }
  const page = await answer.clone().text();
  const files = await caches.open(FILES);
  const wanted = new Set([...[...page.matchAll(STATIC)].map((match) => match[1].replaceAll("&amp;", "&")), ...PARTS]);
  await Promise.all([...wanted].map((address) => files.add(new Request(address, { cache: "reload" }))));
  for (const old of await files.keys()) {
    const { pathname, search } = new URL(old.url);
    if (!wanted.has(pathname + search)) {
      await files.delete(old);
    }
  }
  await caches.delete(SHELL);
  await (await caches.open(SHELL)).put(key, answer);
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const address = new URL(request.url);
  if (request.method !== "GET" || address.origin !== self.location.origin) {
    return;
  }
  if (request.mode === "navigate") {
    event.respondWith(page(request, address));
  } else if (address.pathname.startsWith("/static/")) {
    event.respondWith(file(request, address));
  }
});

async function page(request, address) {
  const recording = /^(\/[^/]+)?\/record$/.test(address.pathname);
  try {
    return await (recording ? soon(request) : fetch(request));
  } catch (error) {
    return (await kept()) ?? Promise.reject(error);
  }
}

// Whoever wants to write waits five seconds at most: then the kept form comes, and what is written is sent later.
async function soon(request) {
  const answered = fetch(request);
  if (!(await caches.has(SHELL))) {
    return answered;
  }
  return Promise.race([answered, new Promise((_, reject) => setTimeout(() => reject(new Error("slow")), SLOW_MS))]);
}

async function kept() {
  const cache = await caches.open(SHELL);
  const [key] = await cache.keys();
  return key ? cache.match(key) : undefined;
}

// A file with a stamp in its address never changes; the others are asked for first.
async function file(request, address) {
  const cache = await caches.open(FILES);
  const known = await cache.match(request);
  if (known && address.searchParams.has("v")) {
    return known;
  }
  try {
    return await fetch(request);
  } catch (error) {
    return known ?? Promise.reject(error);
  }
}
