// What makes capture lose nothing: drafts, the outbox, and the app on one's own device. Each part is fetched where needed.
const device = document.querySelector("meta[name=layers-device]")?.content ?? "";

export async function start() {
  const drafted = document.querySelectorAll("form[data-draft]");
  if (drafted.length) {
    const drafts = await import("./drafts.mjs");
    drafted.forEach((form) => drafts.start(form));
  }
  if (device === "own") {
    const outbox = await import("./outbox.mjs");
    const page = await import("./outbox_page.mjs");
    document.querySelectorAll("form[data-outbox]").forEach((form) => page.intercept(form));
    page.start();
    outbox.flush();
    (await import("./install.mjs")).install();
  } else if (device === "shared") {
    (await import("./install.mjs")).clear();
  }
}
