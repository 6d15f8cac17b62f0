// Owns what can be done at a counter now: the one big action, the others, and why one is not possible. Pure.
import { message, t } from "/static/lobby/texts.js";
import { perkOfKey } from "./counter-perks.js";

const OTHERS = [
  { id: "recall", key: "R", label: () => t("Recall") },
  { id: "no-show", key: "N", label: () => t("No-show"), tone: "warn" },
  { id: "return", key: "B", label: () => t("Return to queue") },
  { id: "finish", key: "E", label: () => t("Finish only") },
];

/** Who is at the counter, when it is not this person: live views are made once for everybody, so the name decides. */
export const occupant = ({ counter }, staff) => (counter.staff && counter.staff !== staff ? counter.staff : null);

/** The view as this person may use it: at somebody else's counter everything can be seen and nothing done. */
export function asSeenBy(staff, data) {
  const name = occupant(data, staff);
  if (!name) return data;
  const why = { code: "not_your_counter", text: "{name} is working at this counter. Choose another one to call customers.", values: { name } };
  return { ...data, onlooker: message(why), actions: Object.fromEntries(Object.keys(data.actions).map((id) => [id, why])) };
}

const refusal = (data, id) => message(data.actions[id]) || null;

/** The action of each state: {id, body, label, why}. `why` is null when it is possible. */
const MAIN = {
  closed: (data) => ({ id: "open", label: t("Open counter"), why: refusal(data, "open") }),
  ready: (data) =>
    data.next
      ? { id: "call-next", label: t("Call {number}", { number: data.next.number }), why: refusal(data, "call-next") }
      : { id: "call-next", label: t("Call next"), why: message(data.nobody) || t("Nobody is waiting") },
  called: ({ current, ...data }) => ({ id: "start", label: t("Start {number}", { number: current.number }), why: refusal(data, "start") }),
  serving: ({ current, next, ...data }) =>
    next
      ? { id: "call-next", body: { finish: true }, label: t("Finish and call {number}", { number: next.number }), why: refusal(data, "finish") }
      : { id: "finish", label: t("Finish {number}", { number: current.number }), why: refusal(data, "finish") },
};

export const mainAction = (data) => (MAIN[data.counter.state] ?? MAIN.closed)(data);
export const otherActions = (data) => OTHERS.map(({ label, ...one }) => ({ ...one, label: label(), why: refusal(data, one.id) }));

/** Closing is in the header: it ends the day, not a customer. */
export const closeAction = (data) => ({ id: "close", label: t("Close counter"), why: refusal(data, "close") });

/** The action a pressed key stands for, or null. */
export function actionOfKey(data, key) {
  if (key === " " || key === "Enter") return mainAction(data);
  return otherActions(data).find((one) => one.key === key.toUpperCase()) ?? perkOfKey(data, key);
}
