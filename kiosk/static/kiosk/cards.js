// Owns the service cards: how many people wait, how long it takes, and why a service gives no numbers.
import { html, icon, range } from "/static/lobby/page.js";
import { inLang, lang, message, other, otherLang, t } from "/static/lobby/texts.js";
import { Fit, Names } from "./parts.js";

const LONG_S = 30 * 60; // from here the wait is shown in the colour of a warning

/** The wait of a service as the parts of a line, in one language. */
function waitParts(code, { waiting, quote }) {
  const minutes = range(quote);
  if (waiting === 0 && minutes && quote.mid_s < 60) return [inLang(code, "No waiting")];
  return [
    inLang(code, "{n} waiting", { n: waiting }),
    minutes && inLang(code, "about {n} min", { n: minutes }),
    quote?.unknown === "no_counter_open" && inLang(code, "no counter open"),
  ].filter(Boolean);
}

const waitLine = (code, queue) => waitParts(code, queue).join(" · ");

function tone({ waiting, quote }) {
  if (quote?.mid_s >= LONG_S) return "mid";
  return waiting === 0 && quote?.unknown !== "no_counter_open" ? "free" : "";
}

const Wait = ({ queue }) => html`<span class="wait ${tone(queue)}">
  <${Fit} class="line" text=${waitLine(lang(), queue)}>${waitLine(lang(), queue)}<//>
  <${Fit} class="line small" text=${waitLine("en", queue) + lang()} lang=${otherLang()}>${waitLine(lang() === "zh" ? "en" : "zh", queue)}<//>
</span>`;

const Refusal = ({ said }) => html`<span class="wait refused"><span>${icon("info")} ${message(said)}</span>
  <small lang=${otherLang()}>${other(said.text, said.values)}</small></span>`;

const Priority = () => html`<span class="wait gold"><span>${t("VIPs go first")}</span><small lang=${otherLang()}>${other("VIPs go first")}</small></span>`;

function underline(queue, vip) {
  if (queue.refusal) return html`<${Refusal} said=${queue.refusal} />`;
  return vip ? html`<${Priority} />` : html`<${Wait} queue=${queue} />`;
}

const Card = ({ queue, many, wide, busy, vip, onPick }) => html`<button class="svc ${wide ? "wide" : ""}" data-service=${queue.code}
  disabled=${busy || queue.refusal !== null} onClick=${() => onPick(queue.code)}>
  <span class="badge">${icon(queue.icon)}</span>
  <span class="letter" aria-hidden="true">${queue.letter}</span>
  <${Fit} class="name" text=${[lang(), many, queue.name.zh, queue.name.en, queue.refusal?.text].join()}><${Names} names=${queue.name} /><//>
  ${underline(queue, vip)}
</button>`;

/** The services of the board; the queue of the VIPs is not one of them. */
export const services = (queues) => queues.filter((queue) => queue.class !== "vip");

/** All cards: two columns, an odd last one lies across both. */
export function Cards({ queues, busy, vip = false, onPick }) {
  const list = services(queues);
  const last = list.length - 1;
  const across = (at) => list.length > 2 && list.length % 2 === 1 && at === last;
  return html`<div class="grid n${Math.min(list.length, 8)}">
    ${list.map((queue, at) => html`<${Card} key=${queue.code} queue=${queue} many=${list.length} wide=${across(at)} busy=${busy} vip=${vip} onPick=${onPick} />`)}
  </div>`;
}
