// Owns what can be done at a counter now: the one big action, the others, their keys, and why one is not possible. Pure.
import { message, t } from "/static/lobby/texts.js";
import { perkOfKey } from "./counter-perks.js";

/** Every action beside the big one: its key and words, whether something is asked first, whether it is not about the customer here. */
const ACTIONS = {
  recall: { key: "R", label: () => t("Recall") },
  "no-show": { key: "N", label: () => t("No-show"), tone: "warn" },
  return: { key: "B", label: () => t("Put back") },
  transfer: { key: "T", label: () => t("Transfer"), asks: true },
  finish: { key: "E", label: () => t("Finish only") },
  outcome: { key: "F", id: "finish", label: () => t("Finish as…"), asks: true },
  hold: { key: "H", label: () => t("Hold"), asks: true },
  "add-service": { key: "S", label: () => t("Add a service"), asks: true },
  note: { key: "W", label: () => t("Write a note"), asks: true },
  reveal: { key: "V", label: () => t("Show the phone number") },
  call: { key: "C", label: () => t("Call a chosen number"), asks: true },
  resume: { key: "G", label: () => t("Resume a held number"), asks: true },
  reinstate: { key: "L", label: () => t("Bring a missed number back"), asks: true, alone: true },
  "step-done": { key: "Y", label: () => t("Step done"), asks: true, alone: true },
  prioritise: { key: "J", label: () => t("Put a number first"), asks: true, alone: true },
  cancel: { key: "K", label: () => t("Cancel a number"), asks: true, alone: true },
  issue: { key: "I", label: () => t("Take a number for somebody"), asks: true, alone: true },
  undo: { key: "U", label: () => t("Undo") },
  pause: { key: "P", label: () => t("Pause"), asks: true },
  close: { key: "X", label: () => t("Close counter") },
};

/** What stands below the customer, always in the same places. */
const BAR = ["recall", "no-show", "return", "transfer", "finish", "outcome", "hold"];

/** Everything, in the order of the list that M opens. */
export const GROUPS = [
  { title: () => t("This customer"), names: ["recall", "no-show", "return", "finish", "outcome", "hold", "transfer", "add-service", "note", "reveal"] },
  { title: () => t("Other numbers"), names: ["call", "resume", "step-done", "reinstate", "prioritise", "cancel", "issue", "proxy"] },
  { title: () => t("This counter"), names: ["undo", "pause", "close"] },
];

/** Who is at the counter, when it is not this person: live views are made once for everybody, so the name decides. */
export const occupant = ({ counter }, staff) => (counter.staff && counter.staff !== staff ? counter.staff : null);

/** The view as this person may use it: at somebody else's counter everything can be seen and nothing done. */
export function asSeenBy(staff, data) {
  const name = occupant(data, staff);
  if (!name) return data;
  const why = { code: "not_your_counter", text: "{name} is working at this counter. Choose another one to call customers.", values: { name } };
  return { ...data, undo: null, onlooker: message(why), actions: Object.fromEntries(Object.keys(data.actions).map((id) => [id, why])) };
}

/** What has to be done first is not made possible by waiting alone. */
const NEEDS_MORE = new Set(["no_show_too_few_calls"]);

/** Why an action is not possible: {why, seconds until it is}; what only has to wait for a time becomes possible by itself. */
function refusal(data, id, now) {
  const said = data.actions[id];
  if (!said) return { why: null, wait: 0 };
  if (!said.values.possible_at || NEEDS_MORE.has(said.code)) return { why: message(said), wait: 0 };
  const wait = Math.ceil((Date.parse(said.values.possible_at) - now) / 1000);
  return wait <= 0 ? { why: null, wait: 0 } : { why: message({ ...said, values: { ...said.values, seconds: wait } }), wait };
}

/** One action: {name, id, key, label, tone, asks, why, wait}. `why` is null when it is possible. */
export function action(data, name, now) {
  const { id = name, label, ...rest } = ACTIONS[name];
  const body = name === "undo" && data.undo ? { id: data.undo.id } : undefined; // only what the page names, however often it is pressed
  return { name, id, label: label(), body, ...rest, ...refusal(data, id, now) };
}

export const barActions = (data, now) => BAR.map((name) => action(data, name, now));

const callNext = (data, now) =>
  data.next
    ? { id: "call-next", label: t("Call {number}", { number: data.next.number }), ...refusal(data, "call-next", now) }
    : { id: "call-next", label: t("Call next"), why: message(data.nobody) || t("Nobody is waiting") };

/** The big action of each state: {id, body, label, why}. */
const MAIN = {
  closed: (data, now) => ({ id: "open", label: t("Open counter"), ...refusal(data, "open", now) }),
  ready: callNext,
  called: (data, now) => ({ id: "start", label: t("Start {number}", { number: data.current.number }), ...refusal(data, "start", now) }),
  serving: (data, now) =>
    data.next
      ? { id: "call-next", body: { finish: true }, label: t("Finish and call {number}", { number: data.next.number }), ...refusal(data, "finish", now) }
      : { id: "finish", label: t("Finish {number}", { number: data.current.number }), ...refusal(data, "finish", now) },
  paused: (data, now) => ({ id: "open", label: t("Back to service"), ...refusal(data, "open", now) }),
  wrap_up: (data, now) => ({ id: "open", label: t("Wrap-up done"), ...refusal(data, "open", now) }),
};

export const mainAction = (data, now) => MAIN[data.counter.state](data, now);

/** The action a pressed key stands for, or null. */
export function actionOfKey(data, key, now) {
  if (key === " " || key === "Enter") return { ...mainAction(data, now), main: true };
  const name = Object.keys(ACTIONS).find((one) => ACTIONS[one].key === key.toUpperCase());
  return name ? action(data, name, now) : perkOfKey(data, key);
}
