// Buttons that copy what stands on the page: <button type="button" data-copy="ID" data-copied="Copied" hidden>.
// A table lands in a spreadsheet as cells, and nothing has to be allowed: what is selected is copied. Where a browser
// refuses even that, it stays selected, ready for Ctrl+C.

/** Show the buttons whose source is there, and let them work. */
export function start() {
  for (const button of document.querySelectorAll("button[data-copy]")) {
    const source = document.getElementById(button.dataset.copy);
    if (source) {
      const told = document.createElement("span");
      told.setAttribute("role", "status");
      told.className = "layers-meta";
      button.after(" ", told);
      button.addEventListener("click", () => {
        told.textContent = copied(source) ? button.dataset.copied : "";
      });
      button.hidden = false;
    }
  }
}

function copied(source) {
  if (source.select) {
    source.select();
  } else {
    getSelection().selectAllChildren(source);
  }
  return document.execCommand("copy");
}
