// Owns the service cards: how many people wait, how long it takes, why a service gives no numbers, and groups of services.
import { html, icon, range, useState } from "/static/lobby/page.js";
import { inLang, lang, message, name, other, otherLang, t } from "/static/lobby/texts.js";
import { entries, page, room } from "./layout.js";
import { isOn } from "./modes.js";
import { Both, Fit, Names } from "./parts.js";
import { shapeNow } from "./stage.js";

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

const groupParts = (code, { services }) => [
  inLang(code, "{n} services", { n: services.length }),
  inLang(code, "{n} waiting", { n: services.reduce((sum, { waiting }) => sum + waiting, 0) }),
];

function tone({ waiting, quote }) {
  if (quote?.mid_s >= LONG_S) return "mid";
  return waiting === 0 && quote?.unknown !== "no_counter_open" ? "free" : "";
}

/** A line in both languages, from what makes its parts. */
function Wait({ parts, of, tone: colour = "" }) {
  const line = (code) => parts(code, of).join(" · ");
  return html`<span class="wait ${colour}">
    <${Fit} class="line" text=${line(lang())}>${line(lang())}<//>
    <${Fit} class="line small" text=${line("en")} lang=${otherLang()}>${line(lang() === "zh" ? "en" : "zh")}<//>
  </span>`;
}

const Refusal = ({ said }) => html`<${Fit} class="wait refused" text=${said.text}><span>${icon("info")} ${message(said)}</span>
  <small lang=${otherLang()}>${other(said.text, said.values)}</small><//>`;

const Priority = () => html`<span class="wait gold"><span>${t("VIPs go first")}</span><small lang=${otherLang()}>${other("VIPs go first")}</small></span>`;

function underline(queue, vip) {
  if (queue.refusal) return html`<${Refusal} said=${queue.refusal} />`;
  return vip ? html`<${Priority} />` : html`<${Wait} parts=${waitParts} of=${queue} tone=${tone(queue)} />`;
}

/** What to bring, or what it is; only where there is room for it. */
const Hint = ({ hint }) => hint && html`<small class="hint">${icon("info")}<span>${name(hint)}</span></small>`;

const Card = ({ queue, many, wide, busy, vip, onPick }) => html`<button class="svc ${wide}" data-service=${queue.code}
  disabled=${busy || queue.refusal !== null} onClick=${() => onPick(queue.code)}>
  <span class="badge">${icon(queue.icon)}</span>
  <span class="letter" aria-hidden="true">${queue.letter}</span>
  <${Fit} class="name" text=${[many, queue.name.zh, queue.name.en, queue.hint?.zh, queue.hint?.en, queue.refusal?.text].join()}><${Names} names=${queue.name} /><${Hint} hint=${queue.hint} /><//>
  ${underline(queue, vip)}
</button>`;

const GroupCard = ({ entry, many, wide, busy, onOpen }) => html`<button class="svc group ${wide}" data-group=${entry.group.zh} disabled=${busy} onClick=${() => onOpen(entry.group)}>
  <span class="badge">${icon(entry.services[0].icon)}</span>
  <span class="letter" aria-hidden="true">${icon("next")}</span>
  <${Fit} class="name" text=${[many, name(entry.group)].join()}><${Names} names=${entry.group} /><//>
  <${Wait} parts=${groupParts} of=${entry} />
</button>`;

const MoreCard = ({ number, pages, wide, onMore }) => html`<button class="svc more ${wide}" data-action="more" onClick=${onMore}>
  <span class="badge">${icon("more")}</span><span class="letter" aria-hidden="true"></span>
  <${Fit} class="name" text=${number}><${Both} text="More services" /><//>
  <span class="wait"><span>${t("Page {n} of {pages}", { n: number + 1, pages })}</span></span>
</button>`;

/** The services that stand on kiosks; the queue of the VIPs is not one of them. */
export const services = (queues) => queues.filter((queue) => queue.on_kiosk);

/** The last card takes what is left of its row. */
function span(at, count, columns) {
  const left = count % columns;
  return at === count - 1 && left > 0 && count > columns ? `wide span${columns - left + 1}` : "";
}

/** How a tile is laid out: `stacked` where it is high, `flat` where it is low or long, else the wait stands under badge and name. */
function tileKind(rows, low) {
  if (shapeNow() === "tall") return isOn("large") ? (isOn("reach") ? "stacked" : "flat") : "";
  if (low || isOn("reach")) return "flat";
  return rows <= 2 ? "stacked" : "";
}

/** The cards of all services, or of one group; groups and pages where not all fit. `low`: there is little room for them. */
export function Cards({ queues, group = null, low = false, busy, vip = false, onPick, onOpen }) {
  const [number, turn] = useState(0);
  const { fits, columns, plain } = room(shapeNow(), { large: isOn("large"), reach: isOn("reach") });
  const all = services(queues);
  const list = group ? all.filter((queue) => queue.group?.zh === group.zh) : entries(all, fits);
  const { shown, pages } = page(list, fits, number);
  const many = shown.length + (pages > 1 ? 1 : 0);
  const shared = (at) => ({ many, busy, wide: span(at, many, columns) });
  const rows = Math.ceil(many / columns);
  return html`<div class="grid ${plain && !low ? `plain n${many}` : `tiles ${tileKind(rows, low)}`}" style=${{ "--columns": Math.min(columns, many), "--rows": rows }}>
    ${shown.map((entry, at) => (entry.services
      ? html`<${GroupCard} key=${entry.group.zh} entry=${entry} ...${shared(at)} onOpen=${onOpen} />`
      : html`<${Card} key=${entry.code} queue=${entry} ...${shared(at)} vip=${vip} onPick=${onPick} />`))}
    ${pages > 1 && html`<${MoreCard} key="more" number=${number % pages} pages=${pages} ...${shared(many - 1)} onMore=${() => turn(number + 1)} />`}
  </div>`;
}
