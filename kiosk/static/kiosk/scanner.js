// Owns the physical keys: a keyboard's keys one by one, and scanners, which type a whole code and Enter in a burst.
const BURST_MS = 120; // between two keys; nobody types that fast for six keys
const SHORTEST = 6;

/**
 * Listen on the whole page.
 * @param {() => {key?: Function, erase?: Function, enter?: Function, leave?: Function, scan?: Function}} handlers  asked for at each key
 * @returns {Function} stop listening
 */
export function listenKeys(handlers) {
  let burst = "";
  let last = -Infinity;

  function press(event) {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const on = handlers();
    if (event.key === "Enter") return enter(event, on);
    if (event.key === "Backspace") on.erase?.();
    else if (event.key === "Escape") on.leave?.();
    else if (/^[a-z0-9]$/i.test(event.key)) type(event.key.toUpperCase(), event.timeStamp, on);
  }

  function type(key, time, on) {
    burst = time - last < BURST_MS ? burst + key : key;
    last = time;
    on.key?.(key);
  }

  function enter(event, on) {
    const scanned = burst.length >= SHORTEST && event.timeStamp - last < BURST_MS ? burst : null;
    burst = "";
    if (scanned === null && document.activeElement?.matches("button")) return; // someone walks the page by keyboard
    event.preventDefault();
    if (scanned !== null && on.scan) on.scan(scanned);
    else on.enter?.();
  }

  addEventListener("keydown", press);
  return () => removeEventListener("keydown", press);
}
