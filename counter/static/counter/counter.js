// Owns the counter page: the session of a counter put together with keys, dialogs and language.
import { post } from "/static/lobby/api.js";
import { acknowledge, followDuty } from "/static/lobby/duty.js";
import { html, render } from "/static/lobby/page.js";
import { keepLang, lang, t } from "/static/lobby/texts.js";
import { actionOfKey, asSeenBy } from "./counter-actions.js";
import { askOf } from "./counter-asks.js";
import { Choose } from "./counter-choose.js";
import { Desk } from "./counter-desk.js";
import { listen } from "./counter-keys.js";
import { ANSWER_MS, openSession } from "./counter-session.js";

const root = document.getElementById("app");
const { staff } = root.dataset;
const manager = root.dataset.manager !== undefined; // a manager may step in at any counter
const counters = JSON.parse(root.dataset.counters);
const session = openSession({ prepare: (data) => (manager ? data : asSeenBy(staff, data)), changed: () => draw() });
const own = followDuty(() => draw());
let asking = null;
let asked = 0;

/** Who has come and is told to this person; the floor's own stand on the floor page. */
const arrivals = () => (own.data?.pages ?? []).filter(({ stage }) => stage !== "floor");

function draw() {
  document.title = session.number ? t("Counter {number}", { number: session.number }) : t("Choose a counter");
  const tools = { staff, manager, counters, own, arrivals, asking, run, act, ask, close: (which) => which === asking && ask(null), choose, toggleLang, dismiss: () => session.say("") };
  render(session.number ? html`<${Desk} ...${session} ...${tools} />` : html`<${Choose} ...${session} ...${tools} />`, root);
}

/** Open a dialog, or close the one that is open. What it shows is what was known when it was opened. */
function ask(name, action = null) {
  asking = name && { name, action, key: (asked += 1), ask: action?.asks ? askOf(session.data, name) : null };
  draw();
}

/** Do an action, then let the next press of Space be the big action again. */
async function act(action) {
  const answer = await session.act(action);
  if (answer) focusMain();
  return answer;
}

const focusMain = () => document.querySelector('[data-action="main"]')?.focus({ preventScroll: true });

/** What a key or a press on a button begins: asking first where an action needs more. */
function run(action) {
  if (action.name === "proxy") return ask("proxy");
  if (action.why) return null;
  if (action.asks) return ask(action.name, action);
  focusMain();
  return act(action);
}

function choose(chosen) {
  const opened = (data) => {
    history.replaceState(null, "", `/counter?number=${chosen}`);
    session.attend(chosen, data);
  };
  session.once(chosen, () => post(`/api/v1/counters/${chosen}/open`, {}, ANSWER_MS), opened);
}

function toggleLang() {
  keepLang(lang() === "zh" ? "en" : "zh");
  draw();
}

/** Keys that are not about the customer at the counter: take care of an arrival, all actions, a number for an absent one. */
const OTHER_KEYS = {
  A: () => arrivals().length > 0 && (acknowledge(own, arrivals()[0]), true),
  D: () => (ask("proxy"), true),
  M: () => (ask("more"), true),
};

listen((key) => {
  if (!session.data) return false;
  if (OTHER_KEYS[key.toUpperCase()]) return OTHER_KEYS[key.toUpperCase()]();
  const action = actionOfKey(session.data, key, session.now());
  if (action) run(action);
  return Boolean(action);
});

const known = counters.map((counter) => String(counter.number)).find((number) => number === root.dataset.number);
if (known) session.attend(known);
draw();
