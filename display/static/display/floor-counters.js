// Owns the counters on the floor page: who works where, on what, since when.
import { html, icon, running, stateName } from "/static/lobby/page.js";
import { name, t } from "/static/lobby/texts.js";

/** The clock of what the counter does now: serving, calling, or its state. */
const since = ({ ticket, since }) => ticket?.started_at ?? ticket?.called_at ?? since;

const headline = ({ ticket, state }) => ticket?.number ?? (state === "ready" ? t("Free now") : "–");

function Counter({ counter, now }) {
  const closed = counter.state === "closed";
  const clock = closed || !since(counter) ? "" : running((now - Date.parse(since(counter))) / 1000);
  return html`<li class=${`c ${counter.state} ${counter.ticket?.class ?? ""}`} data-counter=${counter.number} data-state=${counter.state}>
    <p class="t"><span>${t("Counter {number}", { number: counter.number })}</span><span class="dot">${stateName(counter.state)}</span></p>
    <b>${headline(counter)}</b>
    <small>${counter.ticket ? name(counter.ticket.service_name) : ""}</small>
    <small class="by"><span>${counter.staff ?? t("Nobody here")}</span>${clock ? html`<time>${clock}</time>` : null}</small>
  </li>`;
}

function summary(counters) {
  const open = counters.filter(({ state }) => state !== "closed").length;
  return t("{open} of {all} open", { open, all: counters.length });
}

const AllClosed = () => html`<p class="hint">${icon("info")}<span><b>${t("All counters are closed, nobody can be called.")}</b> ${t("Counter staff sign in on their page and open their counter:")} <a href="/counter">${t("Counter page")}</a></span></p>`;

export const Counters = ({ counters, now }) => html`<section class="p full" aria-labelledby="counters">
  <h2 id="counters">${t("Counters")} <span>${summary(counters)}</span></h2>
  ${counters.every(({ state }) => state === "closed") ? html`<${AllClosed} />` : null}
  <ul class="cs">${counters.map((counter) => html`<${Counter} key=${counter.number} counter=${counter} now=${now} />`)}</ul>
</section>`;
