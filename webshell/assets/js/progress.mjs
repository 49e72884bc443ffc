// Keeps a page with a progress bar (layers/progress.html) up to date: asks for the page again each second and takes over
// how far it is. Without it the page has a link to look again.
const SECOND = 1000;
const QUARTERS = 4;

async function ask() {
  const answer = await fetch(location.href, { headers: { Accept: "text/html" }, cache: "no-store" });
  if (!answer.ok) {
    throw new Error(answer.statusText);
  }
  return new DOMParser().parseFromString(await answer.text(), "text/html");
}

export function follow(shown) {
  const [bar, words] = [shown.querySelector("progress"), shown.querySelector("label")];
  const said = document.querySelector("[data-progress-said]");
  const look = document.querySelector("[data-progress-look]");
  look.hidden = true;
  let quarter = Math.floor((QUARTERS * bar.value) / bar.max);
  const tick = async () => {
    try {
      const next = (await ask()).querySelector("[data-progress]");
      if (!next) {
        // It is over: the page says how from its heading on.
        location.reload();
        return;
      }
      bar.value = next.querySelector("progress").value;
      words.textContent = next.querySelector("label").textContent;
      const reached = Math.floor((QUARTERS * bar.value) / bar.max);
      if (reached > quarter) {
        // Each second would be too much for whoever listens.
        quarter = reached;
        said.textContent = words.textContent;
      }
      look.hidden = true;
    } catch {
      look.hidden = false;
    }
    setTimeout(tick, SECOND);
  };
  setTimeout(tick, SECOND);
}
