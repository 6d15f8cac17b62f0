// Owns the order in which calls take the big place of the lobby display. Pure: the time (ms) comes in as an argument.
const RECENT = 5;

/** Other tickets called before, newest first, each number once. */
function others(calls, shown) {
  const seen = new Set([shown?.number]);
  const fresh = ({ number }) => !seen.has(number) && seen.add(number);
  return calls.filter(Boolean).filter(fresh).slice(0, RECENT);
}

/** Start from the history, newest first: the newest is shown since `since`, the older ones are recent. */
export function begin(calls, since = -Infinity) {
  const [shown = null, ...older] = calls;
  return { shown, since, recent: others(older, shown), waiting: [] };
}

/** Go on after a reload: calls up to version `seen` are history, later ones still wait for the big place, in order. */
export function goOn(calls, seen, since) {
  const missed = calls.filter(({ version, over }) => version > seen && !over).reverse();
  return missed.reduce(add, begin(calls.filter((call) => !missed.includes(call)), missed.length ? -Infinity : since));
}

/**
 * A new call joins the line for the big place.
 * A number stands in the line once: called again by its counter it keeps its place, called by another counter only
 * the newer call is true. So an impatient recall cannot hold up everybody else.
 */
export function add(state, call) {
  const same = ({ number, counter }) => number === call.number && counter === call.counter;
  if (state.waiting.some(same)) return { ...state, waiting: state.waiting.map((one) => (same(one) ? call : one)) };
  return { ...state, waiting: [...state.waiting.filter((one) => one.number !== call.number), call] };
}

/** Show the next call if the shown one has had its time; otherwise the very same state. */
export function advance(state, now, hold) {
  if (wait(state, now, hold) !== 0) return state;
  const [shown, ...waiting] = state.waiting;
  return { shown, since: now, waiting, recent: others([state.shown, ...state.recent], shown) };
}

/**
 * Calls that are over (the customer was served, did not come, or was put back) leave: from the line at once, from the
 * big place when they have had their time.
 */
export function settle(state, isOver, now, hold) {
  const waiting = state.waiting.filter((call) => !isOver(call));
  const leaves = state.shown && isOver(state.shown) && now - state.since >= hold;
  if (!leaves) return waiting.length === state.waiting.length ? state : { ...state, waiting };
  return { ...state, waiting, shown: null, recent: others([state.shown, ...state.recent], null) };
}

/** How long until the next call takes the place (ms), null when none is in the line. */
export function wait(state, now, hold) {
  if (!state.waiting.length) return null;
  return state.shown ? Math.max(0, state.since + hold - now) : 0;
}
