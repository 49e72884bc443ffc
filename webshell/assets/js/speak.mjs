// Reads a question aloud with the browser's own voice. Its buttons are hidden where there is none.
export function start() {
  if (!("speechSynthesis" in window)) {
    return;
  }
  for (const button of document.querySelectorAll("button[data-speak]")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      const words = new SpeechSynthesisUtterance(button.dataset.speak);
      words.lang = document.documentElement.lang;
      window.speechSynthesis.cancel();
      window.speechSynthesis.speak(words);
    });
  }
}
