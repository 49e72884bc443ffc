// Putting kept fields, as pairs of a name and a value, back into a form.

// These are about the sending and not about what was written.
const NEVER = ["csrf_token", "draft_of", "draft_form", "draft_page", "owner", "kind"];

export function fieldsOf(form) {
  return [...new FormData(form)].filter(([name]) => name !== "csrf_token" && name !== "owner");
}

// The controls that hold what somebody typed, without keys, choices and the parts of a date.
const TYPED = "textarea, input[type=text]:not([inputmode=numeric])";

export function typedIn(form) {
  return [...form.elements].filter((control) => control.matches(TYPED) && control.value.trim());
}

// `typed` names the fields whose words go into the form's first text where it has no such field.
export function fill(form, pairs, typed) {
  const values = new Map();
  for (const [name, value] of pairs) {
    if (!NEVER.includes(name)) {
      values.set(name, [...(values.get(name) ?? []), value]);
    }
  }
  const homeless = [];
  for (const [name, given] of values) {
    const controls = [...form.elements].filter((control) => control.name === name);
    if (controls.length) {
      controls.forEach((control, index) => set(control, given, index));
    } else if (typed.includes(name)) {
      homeless.push(...given.filter((value) => value.trim()));
    }
  }
  const first = form.querySelector("textarea");
  if (homeless.length && first) {
    first.value = [first.value, ...homeless].filter(Boolean).join("\n\n");
  }
}

function set(control, given, index) {
  if (control.type === "radio" || control.type === "checkbox") {
    control.checked = given.includes(control.value);
  } else if (control.type === "file") {
    const files = given.filter((value) => value instanceof File && value.size);
    const carrier = new DataTransfer();
    files.forEach((file) => carrier.items.add(file));
    control.files = carrier.files;
  } else {
    const value = given[Math.min(index, given.length - 1)];
    // What was typed since then stays below what was kept.
    const untouched = control.type === "hidden" || control.value === control.defaultValue;
    const typed = untouched ? "" : control.value.trim();
    control.value = typed && typed !== value.trim() && control.tagName === "TEXTAREA" ? `${value}\n\n${typed}` : value;
    if (value) {
      control.closest("details")?.setAttribute("open", "");
    }
  }
  control.dispatchEvent(new Event("change", { bubbles: true }));
}
