// The design system's components that few pages have.
import { CharacterCount, Code, FileUpload, PasswordInput, Scroll, Table, Tabs, createAll } from "nhsuk-frontend";

export function start(scope) {
  for (const component of [CharacterCount, Code, FileUpload, PasswordInput, Scroll, Table, Tabs]) {
    createAll(component, {}, { scope });
  }
}
