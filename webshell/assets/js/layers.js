// Starts the design system's components, at first and in whatever htmx brings later. Pages work without any of it.
import { start } from "./components.mjs";

// The design system starts nothing without these classes. A browser that runs modules, as this is one, is new enough.
document.body.classList.add("js-enabled", "nhsuk-frontend-supported");
start();
import("./recorder.mjs").then((recorder) => recorder.start());
document.body.addEventListener("htmx:load", (event) => {
  if (event.detail.elt !== document.body) {
    start(event.detail.elt);
  }
});
import("./capture.mjs").then((capture) => capture.start());
import("./speak.mjs").then((speak) => speak.start());
const progress = document.querySelector("[data-progress]");
if (progress) {
  import("./progress.mjs").then(({ follow }) => follow(progress));
}
if (document.querySelector("button[data-copy]")) {
  import("./copy.mjs").then((copy) => copy.start());
}
const asked = document.querySelector("[data-asked]");
if (asked) {
  import("./asking.mjs").then(({ follow }) => follow(asked.closest("form, [data-asking]")));
}
const rows = document.querySelector("form[data-rows]");
if (rows) {
  import("./rows.mjs").then(({ start: begin }) => begin(rows));
}
const kiosk = document.querySelector("[data-kiosk]");
if (kiosk) {
  import("./kiosk.mjs").then(({ start: begin }) => begin(kiosk));
}
