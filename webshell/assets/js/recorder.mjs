// A voice note: recorded in the browser and put into the form's own file field, so that it is sent like any other file.

const TYPES = ["audio/webm;codecs=opus", "audio/ogg;codecs=opus", "audio/mp4"];
const ENDINGS = { "audio/webm": "webm", "audio/ogg": "ogg", "audio/mp4": "m4a" };
const LONGEST_MS = 10 * 60 * 1000;

export function start(root = document) {
  const type = window.MediaRecorder && TYPES.find((name) => MediaRecorder.isTypeSupported(name));
  if (!type || !navigator.mediaDevices) {
    return;
  }
  root.querySelectorAll("[data-recorder]").forEach((box) => prepare(box, type));
}

function prepare(box, type) {
  const form = box.closest("form");
  const field = form.querySelector(`#${box.dataset.recorder}`);
  const [button, status, player] = ["button", "[role=status]", "audio"].map((name) => box.querySelector(name));
  let recorder = null;

  async function record() {
    let stream;
    button.disabled = true;
    try {
      stream = await navigator.mediaDevices.getUserMedia({ audio: true });
    } catch {
      status.textContent = box.dataset.refused;
      return;
    } finally {
      button.disabled = false;
    }
    const pieces = [];
    recorder = new MediaRecorder(stream, { mimeType: type, audioBitsPerSecond: 32000 });
    const limit = setTimeout(stop, LONGEST_MS);
    recorder.addEventListener("dataavailable", (event) => pieces.push(event.data));
    recorder.addEventListener("stop", () => {
      clearTimeout(limit);
      stream.getTracks().forEach((track) => track.stop());
      recorder = null;
      add(new Blob(pieces, { type: type.split(";")[0] }));
    });
    recorder.start();
    button.textContent = box.dataset.stop;
    status.textContent = box.dataset.running;
  }

  function stop() {
    if (recorder) {
      recorder.stop();
    }
  }

  function add(sound) {
    const ending = ENDINGS[sound.type];
    const carrier = new DataTransfer();
    [...field.files].forEach((file) => carrier.items.add(file));
    const number = [...field.files].filter((file) => file.name.startsWith(box.dataset.name)).length + 1;
    carrier.items.add(new File([sound], `${box.dataset.name} ${number}.${ending}`, { type: sound.type }));
    field.files = carrier.files;
    field.dispatchEvent(new Event("change", { bubbles: true }));
    URL.revokeObjectURL(player.src);
    player.src = URL.createObjectURL(sound);
    player.hidden = false;
    button.textContent = box.dataset.record;
    status.textContent = box.dataset.added;
  }

  // Whoever saves while they speak wants what they said saved as well.
  form.addEventListener("submit", (event) => {
    if (recorder) {
      event.preventDefault();
      event.stopImmediatePropagation();
      recorder.addEventListener("stop", () => form.requestSubmit(event.submitter));
      stop();
    }
  }, { capture: true });
  button.addEventListener("click", () => (recorder ? stop() : record()));
  box.hidden = false;
}
