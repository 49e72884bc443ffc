// Empties a kiosk's page when nobody has touched it for a while. Whoever is still there is asked first and has half a
// minute to say so, as often as they like.
const ASK_MS = 60000;
const CLEAR_MS = 90000;
const LOOK_MS = 1000;
const SIGNS = ["pointerdown", "keydown", "input", "scroll"];

export class Idle {
  constructor(dialog, clear) {
    this.dialog = dialog;
    this.clear = clear;
    this.looking = null;
    const stay = () => this.stay();
    SIGNS.forEach((sign) => document.addEventListener(sign, stay, { passive: true, capture: true }));
    dialog?.querySelector("button").addEventListener("click", () => dialog.close());
    dialog?.addEventListener("close", stay);
  }

  get watching() {
    return this.looking !== null;
  }

  // From now on there is something on the page that the next patient is not to see.
  watch() {
    if (!this.watching) {
      this.touched = Date.now();
      this.looking = setInterval(() => this.look(), LOOK_MS);
    }
  }

  rest() {
    clearInterval(this.looking);
    this.looking = null;
    this.dialog?.close();
  }

  stay() {
    // While the question stands, its button is the answer: somebody may touch the screen in passing.
    if (!this.dialog?.open) {
      this.touched = Date.now();
    }
  }

  look() {
    const idle = Date.now() - this.touched;
    // A clock that was set back would never come to an end.
    if (idle >= CLEAR_MS || idle < 0) {
      this.clear();
    } else if (idle >= ASK_MS && this.dialog && !this.dialog.open) {
      this.dialog.showModal();
    }
  }
}
