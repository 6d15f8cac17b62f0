// Owns the counters on the floor page: who works where, on what, since when.
import { html, icon, running, stateName, useState } from "/static/lobby/page.js";
import { name, t } from "/static/lobby/texts.js";
import { CounterSteps } from "./floor-counter-steps.js";

/** The clock of what the counter does now: serving, calling, or its state. */
const since = ({ ticket, since }) => ticket?.started_at ?? ticket?.called_at ?? since;

const headline = ({ ticket, state }) => ticket?.number ?? (state === "ready" ? t("Free now") : "–");

function Counter({ counter, now, adjust }) {
  const closed = counter.state === "closed";
  const clock = closed || !since(counter) ? "" : running((now - Date.parse(since(counter))) / 1000);
  return html`<li class=${`c ${counter.state} ${counter.ticket?.class ?? ""}`} data-counter=${counter.number} data-state=${counter.state}>
    <p class="t"><span>${t("Counter {number}", { number: counter.number })}</span><span class="dot">${stateName(counter.state)}</span></p>
    <b>${headline(counter)}</b>
    <small>${counter.ticket ? name(counter.ticket.service_name) : ""}</small>
    <small class="by"><span>${counter.staff ?? t("Nobody here")}</span>${clock ? html`<time>${clock}</time>` : null}</small>
    <button type="button" class="adjust" aria-label=${t("Adjust counter {number}", { number: counter.number })} onClick=${() => adjust(counter.number)}>${t("Adjust")}</button>
  </li>`;
}

function summary(counters) {
  const open = counters.filter(({ state }) => state !== "closed").length;
  return t("{open} of {all} open", { open, all: counters.length });
}

const AllClosed = () => html`<p class="hint">${icon("info")}<span><b>${t("All counters are closed, nobody can be called.")}</b> ${t("Counter staff sign in on their page and open their counter:")} <a href="/counter">${t("Counter page")}</a></span></p>`;

export function Counters({ counters, team, own, now }) {
  const [chosen, adjust] = useState(null);
  const counter = counters.find(({ number }) => number === chosen);
  return html`<section class="p full" aria-labelledby="counters">
  <h2 id="counters">${t("Counters")} <span>${summary(counters)}</span></h2>
  ${counters.every(({ state }) => state === "closed") ? html`<${AllClosed} />` : null}
  <ul class="cs">${counters.map((counter) => html`<${Counter} key=${counter.number} counter=${counter} now=${now} adjust=${adjust} />`)}</ul>
  ${counter ? html`<${CounterSteps} key=${chosen} counter=${counter} team=${team} own=${own} close=${() => adjust(null)} />` : null}
</section>`;
}
