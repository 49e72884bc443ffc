// Shows the questions of a form that are asked, given the answers so far. Those that are not send nothing.
//
// Each says when it is asked in `data-asked` (layers_core.forms.asking): {any, of: [test, …]}. The server decides again
// what is asked; what cannot be told here is shown.

const CONTROLS = "input, select, textarea, button";

export function follow(form) {
  const parts = [...form.querySelectorAll("[data-asked]")].map((part) => [part, JSON.parse(part.dataset.asked)]);
  form.classList.add("layers-asking");
  const show = () => update(form, parts);
  form.addEventListener("input", show);
  form.addEventListener("change", show);
  // A page that comes back from the browser's memory holds what was typed before.
  addEventListener("pageshow", show);
  show();
}

function update(form, parts) {
  // A question that is hidden has no answer, and may hide the next one: as often as there are questions at most.
  for (let again = true, rounds = 0; again && rounds <= parts.length; rounds += 1) {
    again = false;
    for (const [part, test] of parts) {
      const hidden = holds(form, test) === false;
      if (part.hidden !== hidden) {
        part.hidden = hidden;
        again = true;
        for (const control of part.querySelectorAll(CONTROLS)) {
          control.disabled = control.closest("[data-asked][hidden]") !== null;
        }
      }
    }
  }
}

// true, false, or undefined where it cannot be told.
function holds(form, test) {
  if (test.of) {
    const found = test.of.map((one) => holds(form, one));
    const decided = test.any ? found.includes(true) : found.includes(false);
    return decided ? test.any : found.includes(undefined) ? undefined : !test.any;
  }
  if (!test.name) {
    return undefined;
  }
  const all = answers(form, test);
  const given = test.only ? all.filter((value) => value === test.only) : all;
  const same = given.some((value) => compare(value, test) === 0);
  switch (test.op) {
    case "exists":
      return given.length > 0 === test.value;
    case "=":
      return same;
    case "!=":
      return !same;
    case ">":
    case ">=":
      return given.some((value) => compare(value, test) > 0) || (test.op === ">=" && same);
    default:
      return given.some((value) => compare(value, test) < 0) || (test.op === "<=" && same);
  }
}

// What is answered in the inputs of a name, and with `many` in those of all its copies.
function answers(form, { name, as, many }) {
  const names = [name];
  if (many) {
    const copy = new RegExp(`^${name}x\\d+(-year)?$`);
    names.push(...new Set([...form.querySelectorAll(CONTROLS)].map((it) => it.name.replace("-year", "")).filter((it) => copy.test(it))));
  }
  return names.flatMap((one) => (as === "date" ? date(form, one) : values(form, one)));
}

function values(form, name) {
  return [...form.querySelectorAll(CONTROLS)]
    .filter((it) => it.name === name && !it.disabled && (!["radio", "checkbox"].includes(it.type) || it.checked))
    .map((it) => it.value.trim())
    .filter(Boolean);
}

function date(form, name) {
  const [year, month, day] = ["year", "month", "day"].map((part) => values(form, `${name}-${part}`)[0] ?? "");
  return year || month || day ? [`${year}-${month.padStart(2, "0")}-${day.padStart(2, "0")}`] : [];
}

function compare(given, { as, value }) {
  const [one, other] = as === "number" ? [Number(given.replace(",", ".")), value] : [given, value];
  return one < other ? -1 : one > other ? 1 : one === other ? 0 : undefined;
}
