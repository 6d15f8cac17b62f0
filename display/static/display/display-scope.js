// Owns what this display is for: its layout, queues and counters, by its device or tried out by the address. Pure.
const LAYOUTS = ["full", "counters", "sign"];

const words = (text) => text.split(/[,，、]/).map((word) => word.trim()).filter(Boolean);

/** Counters like "1-4,7" among the store's. */
function counters(text, known) {
  const spans = words(text).map((word) => word.split(/[-–]/).map(Number));
  return known.filter((number) => spans.some(([first, last = first]) => first <= number && number <= last));
}

/** Queues like "A,B,V" or "plan,vip" among the store's. */
function queues(text, known) {
  const chosen = words(text).map((word) => word.toUpperCase());
  return known.filter(({ letter, code }) => chosen.includes(letter) || chosen.includes(code.toUpperCase())).map(({ code }) => code);
}

const some = (chosen) => (chosen.length ? new Set(chosen) : null);

/**
 * {layout, queues, counters}: sets of codes and numbers, null for all.
 * @param {object} board      the snapshot
 * @param {number} device     the id of this display, NaN for a browser that is none
 * @param {URLSearchParams} asked   layout, queues, counters, or counter for a sign
 */
export function scopeOf(board, device, asked) {
  const own = board.displays?.find(({ id }) => id === device) ?? { layout: "full", queues: [], counters: [] };
  const numbers = board.counters.map(({ number }) => number);
  const sign = Number(asked.get("counter"));
  if (sign) return { layout: "sign", queues: null, counters: new Set([sign]) };
  return {
    layout: LAYOUTS.find((layout) => layout === asked.get("layout")) ?? own.layout,
    queues: some(asked.has("queues") ? queues(asked.get("queues"), board.queues) : own.queues),
    counters: some(asked.has("counters") ? counters(asked.get("counters"), numbers) : own.counters),
  };
}

/** Whether a call is for this display: by its counter where counters are chosen, else by its queue. */
export function concerns({ queues, counters }, { counter, queue }) {
  if (counters) return counters.has(counter);
  return !queues || queues.has(queue);
}

/** The board as this display shows it. */
export function within(scope, board) {
  return {
    ...board,
    calls: board.calls.filter((call) => concerns(scope, call)),
    serving: board.serving.filter((ticket) => concerns(scope, ticket)),
    counters: board.counters.filter(({ number }) => !scope.counters || scope.counters.has(number)),
    queues: board.queues.filter(({ code }) => !scope.queues || scope.queues.has(code)),
  };
}
