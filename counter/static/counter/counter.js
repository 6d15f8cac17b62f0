// Owns the counter page: the newest view of the counter, one action at a time, and what went wrong.
import { post } from "/static/lobby/api.js";
import { acknowledge, followDuty } from "/static/lobby/duty.js";
import { follow } from "/static/lobby/live.js";
import { html, render } from "/static/lobby/page.js";
import { keepLang, lang, t } from "/static/lobby/texts.js";
import { actionOfKey, asSeenBy } from "./counter-actions.js";
import { Choose } from "./counter-choose.js";
import { Desk } from "./counter-desk.js";
import { listen } from "./counter-keys.js";

const root = document.getElementById("app");
const { staff, manager } = root.dataset;
const seen = (data) => (manager === undefined ? asSeenBy(staff, data) : data); // a manager may step in at any counter
const counters = JSON.parse(root.dataset.counters);
const number = counters.map((counter) => String(counter.number)).find((known) => known === root.dataset.number) ?? "";
const page = { staff, number, counters, data: null, up: true, busy: null, trouble: "", reason: null, manager: manager !== undefined, asking: false };
const TROUBLE_MS = 9000;
let live = { now: Date.now };
let hush = null;
const own = followDuty(() => draw());

/** Who has come and is told to this person; the floor's own stand on the floor page. */
const arrivals = () => (own.data?.pages ?? []).filter(({ stage }) => stage !== "floor");

function draw() {
  document.title = page.number ? t("Counter {number}", { number: page.number }) : t("Choose a counter");
  const tools = { now: () => live.now(), act, choose, toggleLang, dismiss: () => say(""), own, arrivals, openProxy: () => show({ asking: true }), closeProxy: () => show({ asking: false }) };
  render(page.number ? html`<${Desk} ...${page} ...${tools} />` : html`<${Choose} ...${page} ...${tools} />`, root);
}

function show(change) {
  Object.assign(page, change);
  draw();
}

/** Say what went wrong, for a while. */
function say(trouble) {
  clearTimeout(hush);
  if (trouble) hush = setTimeout(() => show({ trouble: "" }), TROUBLE_MS);
  show({ trouble });
}

function explain(problem) {
  if (problem.status === 401) return location.reload(); // signed out elsewhere: the server shows the sign-in page
  if (problem.status === 0) return say(t("No connection to the server. Nothing was changed; please try again."));
  return say(problem.detail || t("That did not work. Please try again."));
}

/** Run one request; a second press meanwhile is ignored. */
async function once(busy, request, done) {
  if (page.busy) return;
  say("");
  show({ busy });
  try {
    done(await request());
  } catch (problem) {
    if (problem.status === undefined) throw problem;
    explain(problem);
  } finally {
    show({ busy: null });
  }
}

/** The answer of an action is the new view; a live one that came first and is newer stays. */
function accept(data) {
  const reason = data.reason && data.current ? { number: data.current.number, said: data.reason } : page.reason;
  show({ reason, data: page.data && data.version < page.data.version ? page.data : seen(data) });
}

function act({ id, body, why, main }) {
  if (!page.up || why) return;
  once(main ? "main" : id, () => post(`/api/v1/counters/${page.number}/${id}`, body), accept);
  document.querySelector('[data-action="main"]')?.focus({ preventScroll: true }); // the next press of Space is the big action again
}

function choose(chosen) {
  once(chosen, () => post(`/api/v1/counters/${chosen}/open`), (data) => {
    history.replaceState(null, "", `/counter?number=${chosen}`);
    show({ number: String(chosen) });
    accept(data);
    attend();
  });
}

function toggleLang() {
  keepLang(lang() === "zh" ? "en" : "zh");
  draw();
}

function attend() {
  live = follow(
    { screen: "counter", counter: Number(page.number) },
    { snapshot: (data) => show({ data: seen(data) }), connection: (up) => show({ up }) },
  );
}

/** Keys that are not about the customer at the counter: take care of an arrival, a number for an absent customer. */
const OTHER_KEYS = {
  A: () => arrivals().length > 0 && (acknowledge(own, arrivals()[0]), true),
  D: () => (show({ asking: true }), true),
};

listen((key) => {
  if (page.data && OTHER_KEYS[key.toUpperCase()]) return OTHER_KEYS[key.toUpperCase()]();
  const action = page.data && actionOfKey(page.data, key);
  if (action) act({ ...action, main: key === " " || key === "Enter" });
  return Boolean(action);
});

if (page.number) attend();
draw();
