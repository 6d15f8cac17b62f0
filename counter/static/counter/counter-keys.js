// Owns the keyboard of the counter: which key presses are meant for the counter at all.
const FIELDS = "input, select, textarea, [contenteditable], dialog, [role=dialog]";
const CONTROLS = "button, a, summary";

const isMain = (target) => Boolean(target.closest?.('[data-action="main"]'));
const presses = (key) => key === " " || key === "Enter";

/** All keys belong to an open dialog. Space and Enter belong to another control that has the focus; a letter never does. */
const taken = ({ target, key }) => Boolean(document.querySelector("dialog[open]") || target.closest?.(FIELDS)) || (presses(key) && Boolean(target.closest?.(CONTROLS)) && !isMain(target));

/** Call `press(key)` once for each key press meant for the counter; it says whether the key means something. */
export function listen(press) {
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    // A key held down repeats: it must neither call a row of customers nor press a focused button again and again.
    if (event.repeat) return void (presses(event.key) && !event.target.closest?.(FIELDS) && event.preventDefault());
    if (!taken(event) && press(event.key)) event.preventDefault();
  });
  // Firefox presses a focused button when Space is let go, although its keydown was already taken.
  addEventListener("keyup", (event) => event.key === " " && isMain(event.target) && event.preventDefault());
}
