// Starts the design system's components, at first and in whatever htmx brings later. Pages work without any of it.
import { initAll, isSupported } from "./nhsuk-frontend.min.js";

document.body.classList.add("js-enabled");
if (isSupported()) {
  document.body.classList.add("nhsuk-frontend-supported");
  initAll();
  document.body.addEventListener("htmx:load", (event) => {
    if (event.detail.elt !== document.body) {
      initAll({ scope: event.detail.elt });
    }
  });
}
