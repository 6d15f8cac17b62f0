// Owns the strip: a tiny page above other programs with the state of a counter, its number, the big action and recall.
import { html, icon, Offline, render, stateName, useTick } from "/static/lobby/page.js";
import { t } from "/static/lobby/texts.js";
import { action, actionOfKey, asSeenBy, mainAction } from "./counter-actions.js";
import { Action } from "./counter-frame.js";
import { listen } from "./counter-keys.js";
import { openSession } from "./counter-session.js";
import { Doing, Undo, undoableNow } from "./counter-status.js";

const root = document.getElementById("app");
const { staff, number } = root.dataset;
const manager = root.dataset.manager !== undefined;
const session = openSession({ prepare: (data) => (manager ? data : asSeenBy(staff, data)), changed: () => draw() });

const Waiting = ({ data }) => html`<span>${data.next ? t("Next {number}", { number: data.next.number }) : t("Nobody is waiting")}${data.queue.length ? ` · ${t("{n} waiting", { n: data.queue.length })}` : ""}</span>`;

/** One line of news: trouble, what is being done, a line that is down, what may be undone, who waits. */
function News({ data, doing, trouble, now, ...rest }) {
  useTick();
  if (trouble) return html`<p class="news bad" role="alert">${icon("warning")}<span>${trouble}</span></p>`;
  if (!rest.up && !doing) return html`<p class="news bad" role="alert">${icon("offline")}<span>${t("No connection to the server. Trying again…")}</span></p>`;
  return html`<div class="news" role="status">${doing ? html`<${Doing} ...${doing} />` : undoableNow(data, now()) ? html`<${Undo} data=${data} now=${now} ...${rest} />` : html`<${Waiting} data=${data} />`}</div>`;
}

function Strip({ data, up, busy, doing, trouble, now, run }) {
  if (!data) return html`<${Offline} up=${up} /><main class="away"><p>${t("Connecting…")}</p></main>`;
  const rest = { up, busy, act: run };
  const [main, recall] = [mainAction(data, now()), action(data, "recall", now())];
  const state = data.counter.state;
  return html`<main class=${`strip ${up ? "" : "down"}`}>
    <h1 class=${`seat ${state}`} data-state=${state}><b>${data.counter.number}</b><span><i></i>${stateName(state)}</span></h1>
    <div class="middle"><b class="number" data-current-number=${data.current?.number}>${data.current?.number ?? "–"}</b>
      <${News} ...${{ data, doing, trouble, now, ...rest }} /></div>
    <${Action} class="go" name="main" main=${true} action=${main} aria-keyshortcuts="Space Enter" ...${rest}>${main.label}<//>
    <${Action} class="recall" name="recall" action=${recall} aria-keyshortcuts="R" ...${rest}>${icon("speaker")}<span>${t("Recall")}</span><//>
  </main>`;
}

const Away = () => html`<main class="away"><p>${t("You are at no counter yet.")}</p><a href="/counter" target="_blank">${t("Open the counter page")}</a></main>`;

function draw() {
  document.title = number ? t("Counter {number}", { number }) : t("Choose a counter");
  render(number ? html`<${Strip} ...${session} run=${run} />` : html`<${Away} />`, root);
}

/** What has to be asked for belongs on the whole page; the strip does what needs no question. */
const run = (action) => !action.asks && session.act(action);

listen((key) => {
  const action = session.data && actionOfKey(session.data, key, session.now());
  if (action && !action.asks) run(action);
  return Boolean(action);
});

if (number) session.attend(number);
else addEventListener("focus", () => location.reload()); // a counter may have been chosen in the other window meanwhile
draw();
