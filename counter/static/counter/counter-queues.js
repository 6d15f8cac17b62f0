// Owns the sides of the counter page: the queues with this counter's figures, and who waits in order.
import { html, icon, minutes, range, running, timeOf, useTick } from "/static/lobby/page.js";
import { name, t } from "/static/lobby/texts.js";
import { action } from "./counter-actions.js";
import { Action } from "./counter-frame.js";

const LONG_S = 15 * 60;

function waitOf({ waiting, quote }) {
  if (range(quote) && (waiting || quote.mid_s >= 60)) return t("about {n} min", { n: range(quote) });
  if (waiting === 0) return t("No waiting");
  return quote?.unknown === "no_counter_open" ? t("No counter open") : t("Waiting now");
}

const Queue = ({ queue }) => html`<li data-queue=${queue.code}>
  <span class=${`l ${queue.class}`} aria-hidden="true">${queue.letter}</span><b>${name(queue.name)}</b>
  ${queue.served ? html`<small>${waitOf(queue)}</small>` : null}<em>${queue.waiting}</em>
</li>`;

const List = ({ queues, kind }) => html`<ul class=${`ql ${kind}`}>${queues.map((queue) => html`<${Queue} key=${queue.code} queue=${queue} />`)}</ul>`;

/** What this counter serves, and below, small, what the rest of the lobby is like. */
export function Queues({ queues }) {
  const others = queues.filter(({ served }) => !served);
  return html`<h2>${t("Queues of this counter")}</h2><${List} kind="served" queues=${queues.filter(({ served }) => served)} />
    ${others.length ? html`<h2>${t("Other queues")}</h2><${List} kind="others" queues=${others} />` : null}`;
}

/** One's own day, at whatever counter; nobody else's. */
export const Figures = ({ figures }) => html`<div class="figures">
  <div><b data-figure="served">${figures?.served ?? "–"}</b><span>${t("Served today")}</span></div>
  <div><b>${figures?.mean_handling_s ? running(figures.mean_handling_s) : "–"}</b><span>${t("Mean time")}</span></div>
</div>`;

/** A wait is late past its promise, or past a quarter of an hour where nothing was promised. */
function lateness({ due_at, waiting_since }, now) {
  if (due_at && now > Date.parse(due_at)) return t("Past target");
  return !due_at && now - Date.parse(waiting_since) > LONG_S * 1000 ? t("Long wait") : "";
}

/** Who alone is to call a transferred customer. */
const addressee = ({ counter, staff }) => (counter ? t("only counter {number}", { number: counter }) : staff && t("only {name}", { name: staff }));

function details(ticket, late) {
  const slot = ticket.slot_at && t("Appointment {time}", { time: timeOf(ticket.slot_at) });
  return [slot, ticket.transferred && t("transferred"), ticket.for && addressee(ticket.for), ticket.language === "en" && "English"].filter(Boolean).concat(late ? html`<span class="late">${late}</span>` : []);
}

const joined = (parts) => parts.map((part, at) => (at ? html` · ${part}` : part));

/** What a ticket is to this counter: the one to be called next, the one after, or just somebody who waits. */
const PLACES = {
  next: () => html`<span class="is-next">${t("Next")}</span>`,
  after: () => html`<span class="is-after">${t("After")}</span>`,
};

function Ticket({ ticket, place, now }) {
  const late = lateness(ticket, now);
  const below = details(ticket, late);
  const vip = ticket.class === "vip";
  return html`<li class=${place ?? ""} data-waiting=${ticket.number} data-place=${place}>
    <b>${ticket.number}</b>
    <div>${vip ? html`<span class="tag vip">${name(ticket.tier_name) || t("VIP")}</span> ` : null}<span class="svc">${name(ticket.service_name)}</span>
      ${place || below.length ? html`<small>${joined([...(place ? [PLACES[place]()] : []), ...below])}</small>` : null}</div>
    <time class=${late ? "late" : ""}>${t("{n} min", { n: minutes((now - Date.parse(ticket.waiting_since)) / 1000) })}</time>
  </li>`;
}

const Nobody = () => html`<p class="nobody">${icon("people")}<span>${t("Nobody is waiting")}</span></p>`;

function Expected({ visit, now }) {
  const late = !visit.number && now > Date.parse(visit.slot_at);
  const here = visit.number ? html`<em class="here">${t("Checked in")} <strong>${visit.number}</strong></em>` : html`<em class=${late ? "late" : ""}>${late ? t("Not here yet") : t("Expected")}</em>`;
  return html`<li data-expected=${visit.number ?? timeOf(visit.slot_at)}><time>${timeOf(visit.slot_at)}</time><span>${name(visit.customer)}<small>${name(visit.service_name)}${visit.language === "en" ? " · English" : ""}</small></span>${here}</li>`;
}

/** Appointments of about now that this counter can take: staff are ready before the customer comes. */
const Appointments = ({ visits, now }) => html`<section class="due" aria-labelledby="due">
  <h2 id="due">${t("Appointments due · {n}", { n: visits.length })} <a href="/appointments">${t("All appointments")}</a></h2>
  ${visits.length ? html`<ul tabindex="0" aria-labelledby="due">${visits.map((visit) => html`<${Expected} key=${`${visit.slot_at}${visit.number}${visit.customer.zh}`} visit=${visit} now=${now} />`)}</ul>` : html`<p>${t("None in the next quarter of an hour")}</p>`}
</section>`;

/** Numbers that are neither waiting nor at a counter; a press or a key opens the list of them. */
const Aside = ({ data, now, ...rest }) => html`<div class="asides">
  ${["resume", "reinstate"].map((one) => ({ ...action(data, one, now()), count: { resume: data.held, reinstate: data.missed }[one].length })).map((one) => html`
    <${Action} key=${one.name} name=${one.name} action=${one} aria-keyshortcuts=${one.key} ...${rest}><b>${one.count}</b><span>${one.name === "resume" ? t("On hold") : t("Missed")}</span><kbd aria-hidden="true">${one.key}</kbd><//>`)}
</div>`;

/** Serve one, greet the second, mind the third: next and after stay in sight, the rest of the list scrolls. */
export function Waiting({ data, now, ...rest }) {
  useTick(5000);
  const { queue, next } = data;
  const others = queue.filter(({ number }) => number !== next?.number);
  const near = [...queue.filter(({ number }) => number === next?.number).map((ticket) => [ticket, "next"]), ...others.slice(0, 1).map((ticket) => [ticket, "after"])];
  return html`<section class="wl" aria-labelledby="waiting">
    <h2 id="waiting">${t("Up next · {n} waiting", { n: queue.length })}</h2>
    ${queue.length ? html`<ol class="near">${near.map(([ticket, place]) => html`<${Ticket} key=${ticket.number} ...${{ ticket, place, now: now() }} />`)}</ol>
      <ol class="far" tabindex=${others.length > 1 ? 0 : null} start=${near.length + 1} aria-labelledby="waiting">${others.slice(1).map((ticket) => html`<${Ticket} key=${ticket.number} ticket=${ticket} now=${now()} />`)}</ol>` : html`<${Nobody} />`}
    <${Aside} data=${data} now=${now} ...${rest} />
    <${Appointments} visits=${data.appointments} now=${now()} />
  </section>`;
}
