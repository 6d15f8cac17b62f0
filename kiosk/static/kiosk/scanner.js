// Owns the physical keys: a keyboard's keys one by one, and readers, which type a whole code and Enter in a burst.
const SHORTEST = 6;
const CODE_MS = 100; // a whole code comes in this time
const KEY_MS = 45; // a long one, or a slow reader, takes this for a key at most; nobody types six keys that fast
const PAUSE_MS = 120; // after this a new code begins

/**
 * Listen on the whole page.
 * @param {() => {key?: Function, erase?: Function, enter?: Function, leave?: Function, scan?: Function}} handlers  asked for at each
 *   key; `key` gets letters and digits as capitals, `scan` a code exactly as it was typed
 * @returns {Function} stop listening
 */
export function listenKeys(handlers) {
  let burst = "";
  let first = 0;
  let last = -Infinity;

  function press(event) {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const on = document.querySelector("dialog[open]") ? { scan: handlers().scan } : handlers(); // the dialog has its own keys
    if (event.key === "Enter") return enter(event, on);
    if (event.key === "Backspace") on.erase?.();
    else if (event.key === "Escape") on.leave?.();
    else if (event.key.length === 1) type(event, on);
  }

  function type({ key, timeStamp }, on) {
    if (burst === "" || timeStamp - last > PAUSE_MS) [burst, first] = ["", timeStamp];
    burst += key;
    last = timeStamp;
    if (/^[a-z0-9]$/i.test(key)) on.key?.(key.toUpperCase());
  }

  function enter(event, on) {
    const isFast = event.timeStamp - first <= Math.max(CODE_MS, KEY_MS * burst.length);
    const code = burst.length >= SHORTEST && isFast ? burst : null;
    burst = "";
    if (code === null && document.activeElement?.matches("button")) return; // someone walks the page by keyboard
    event.preventDefault();
    if (code !== null) on.scan?.(code);
    else on.enter?.();
  }

  addEventListener("keydown", press, { capture: true });
  return () => removeEventListener("keydown", press, { capture: true });
}
