// The design system's components that nearly every page has; the others come only to a page that has one of them.
import { Button, Checkboxes, ErrorSummary, Header, NotificationBanner, Radios, SkipLink, createAll } from "nhsuk-frontend";

const USUAL = [Button, Checkboxes, ErrorSummary, Header, NotificationBanner, Radios, SkipLink];
const usual = USUAL.map((component) => `[data-module="${component.moduleName}"]`).join();

export function start(scope = document) {
  for (const component of USUAL) {
    createAll(component, {}, { scope });
  }
  if (scope.querySelector(`[data-module^="nhsuk-"]:not(${usual})`)) {
    import("./components_more.mjs").then((more) => more.start(scope));
  }
}
