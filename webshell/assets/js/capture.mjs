// What makes capture lose nothing: drafts, the outbox, and the app on one's own device. Each part is fetched where needed.
const device = document.querySelector("meta[name=layers-device]")?.content ?? "";

export async function start() {
  const drafted = document.querySelectorAll("form[data-draft]");
  // All are asked for at once, because whoever is quick has pressed a button before the last one is there.
  const [drafts, app, outbox, page] = await Promise.all([
    drafted.length ? import("./drafts.mjs") : null,
    device ? import("./install.mjs") : null,
    device === "own" ? import("./outbox.mjs") : null,
    device === "own" ? import("./outbox_page.mjs") : null,
  ]);
  drafted.forEach((form) => drafts.start(form));
  if (device === "own") {
    const installed = app.install();
    document.querySelectorAll("form[data-outbox]").forEach((form) => page.intercept(form));
    page.start();
    outbox.flush();
    await installed;
  } else if (device === "shared") {
    await app.clear();
  }
}
