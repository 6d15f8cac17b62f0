// Owns what a phone says when nobody waits any more: called to a counter, being served, and every end of a visit.
import { html, icon, timeOf, wallClock } from "/static/lobby/page.js";
import { name, t } from "/static/lobby/texts.js";
import { Rating } from "./ticket-rating.js";

export const Called = ({ ticket }) => html`<section class="called" role="alert">
  <h1>${t("It is your turn")}</h1><p class="top"><span data-ticket-number=${ticket.number}>${ticket.number}</span></p>
  <p class="go"><span>${t("Please go to counter")}</span><b data-counter=${ticket.counter}>${ticket.counter}</b><i>${t("Counter {n}", { n: ticket.counter })}</i>${ticket.counter_place && html`<em>${name(ticket.counter_place)}</em>`}</p>
  <p class="svc">${name(ticket.service_name)} · ${t("Called at {time}", { time: timeOf(ticket.called_at) })}</p></section>`;

const AGAIN = "If you still need us, please take a new number.";
const STATES = {
  serving: { sign: "check", tone: "ok", head: "You are being served", says: ["Counter {n}"] },
  on_hold: { sign: "clock", tone: "", head: "Please wait nearby", says: ["The counter will call you again. Your place is kept."] },
  completed: { sign: "check", tone: "ok", head: "Thank you for coming", says: ["Your visit is complete. Goodbye!"] },
  no_show: { sign: "warning", tone: "warn", head: "Your number has been passed", says: ["You were called to counter {n} and nobody came.", "Please show this page at the help desk, or take a new number."] },
  cancelled: { sign: "info", tone: "", head: "This number is cancelled", says: [AGAIN] },
  abandoned: { sign: "info", tone: "", head: "This number is cancelled", says: [AGAIN] },
  expired: { sign: "info", tone: "", head: "This number is no longer valid", says: [AGAIN] },
};
const BOOKING = "Your booking is still good: you can check in again today.";

const Sheet = ({ sign, tone, head, children }) => html`<section class="said ${tone}" role="status"><span class="badge">${icon(sign)}</span><h1>${head}</h1>${children}</section>`;

const Small = ({ ticket }) => html`<p class="small"><span data-ticket-number=${ticket.number}>${ticket.number}</span> · ${name(ticket.service_name)}</p>`;

/** A ticket of another day, or one that ended long ago: nothing is left to follow. */
export const Goodbye = ({ ticket }) => html`<${Sheet} sign="check" tone="" head=${t("Goodbye")}>
  <p>${t("This number was for {day}. That visit is over.", { day: wallClock(Date.parse(ticket.issued_at.slice(0, 10)), "UTC").day })}</p>
  <p>${t("You are welcome any time: just take a new number in the store.")}</p><${Small} ticket=${ticket} /></${Sheet}>`;

export const Unknown = () => html`<${Sheet} sign="question" tone="warn" head=${t("Sorry")}><p>${t("This ticket is not known here. Please take a new number.")}</p></${Sheet}>`;

export function Said({ ticket, path, onDone }) {
  const { sign, tone, head, says } = STATES[ticket.state] ?? STATES.expired;
  const isCancelledBooking = ticket.state === "cancelled" && ticket.class === "appointment";
  return html`<${Sheet} sign=${sign} tone=${tone} head=${t(head)}>${(isCancelledBooking ? [BOOKING] : says).map((text) => html`<p key=${text}>${t(text, { n: ticket.counter })}</p>`)}<${Small} ticket=${ticket} /></${Sheet}>
    ${ticket.state === "completed" && html`<${Rating} path=${path} rating=${ticket.rating} onDone=${onDone} />`}`;
}
