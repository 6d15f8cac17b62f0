// Owns the devices page: when each was last seen, kept true, and what a new device of each kind is asked for.
import { get } from "./api.js";
import { message } from "./texts.js";

const LOOK_EVERY_MS = 5000;

/** Write into the list what the server knows now; the list itself may have been drawn anew meanwhile. */
async function look() {
  const { devices } = await get("/api/v1/devices").catch(() => ({ devices: [] }));
  for (const { id, seen, is_here } of devices) {
    const cell = document.querySelector(`[data-device="${id}"] [data-seen]`);
    if (!cell) continue;
    cell.textContent = message(seen);
    cell.parentElement.classList.toggle("here", is_here);
  }
}

setInterval(look, LOOK_EVERY_MS);

const form = document.querySelector("form[data-command=device-add]");
function ask() {
  for (const field of form.querySelectorAll("[data-only]")) {
    field.hidden = field.dataset.only !== form.elements.kind.value;
  }
}
form.addEventListener("change", ask);
form.addEventListener("reset", () => setTimeout(ask));
ask();
