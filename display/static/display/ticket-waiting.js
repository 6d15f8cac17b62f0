// Owns a waiting customer's view: number, place, wait range, a sign when it is nearly time, who is called now.
import { html, icon, range, timeOf, useEffect, useState } from "/static/lobby/page.js";
import { message, name, t } from "/static/lobby/texts.js";

const CLOSE = 2; // people ahead
const DOTS = 9;

/** Whether the customer should come near: the alarm and the words agree on it. */
export const isClose = (ticket) => ticket.state === "waiting" && ticket.people_ahead <= CLOSE;

const Figure = ({ label, value, unit, words }) => html`<div class=${words && "words"}><small>${label}</small><b>${value}${unit && html`<span>${unit}</span>`}</b></div>`;

function Marks({ ticket }) {
  if (ticket.class === "vip") return html`<em class="gold">${icon("diamond")} ${name(ticket.tier_name)} VIP</em>`;
  if (ticket.class === "appointment") return html`<em>${icon("calendar")} ${t("Appointment")} ${ticket.slot_at && timeOf(ticket.slot_at)}</em>`;
  return null;
}

/** Sound needs one touch first: that is the browser's rule. */
function Ringing({ alarm }) {
  const [on, setOn] = useState(alarm.ready);
  useEffect(() => alarm.whenReady(setOn), []);
  if (!alarm.possible) return html`<h2>${icon("bell")} ${t("Keep this page open: it shows when you are called.")}</h2>`;
  if (on) return html`<h2 data-ringing>${icon("bell")} ${t("This phone rings when your turn is near and when you are called. Keep this page open.")}</h2>`;
  return html`<button class="bell" data-action="ring" onClick=${() => alarm.unlock()}>${icon("bell")} ${t("Ring when I am called")}</button>`;
}

const Near = ({ ticket }) => html`<p class="near" role="status">${icon("people")}<span>${ticket.people_ahead === 0
  ? t("Please stay near the counters: you may be called any moment.")
  : t("It is nearly your turn. Please stay near the counters.")}</span></p>`;

export function Waiting({ ticket, calls, alarm }) {
  const latest = calls.find((call) => !call.over);
  const minutes = range(ticket.quote);
  const ahead = ticket.people_ahead ?? 0;
  const dots = Math.min(ahead, DOTS);
  return html`<section class="t">
      <p class="top"><small>${t("Your number")} · ${name(ticket.service_name)}</small><${Marks} ticket=${ticket} /></p>
      <h1 data-ticket-number=${ticket.number}>${ticket.number}</h1>
      <div class="r">
        ${ahead === 0
          ? html`<${Figure} words label=${t("Get ready")} value=${t("First in your queue")} />`
          : html`<${Figure} label=${t("People ahead")} value=${ahead} unit=${ahead === 1 ? t("person") : t("people")} />`}
        ${minutes && html`<${Figure} label=${t("Estimated wait")} value=${minutes} unit=${t("min")} />`}
      </div>
    </section>
    ${isClose(ticket) && html`<${Near} ticket=${ticket} />`}
    ${ticket.notes.map((said) => html`<p class="noted" key=${said.code}>${icon("info")}<span>${message(said)}</span></p>`)}
    <section class="line">
      <${Ringing} alarm=${alarm} />
      <div class="dots" aria-hidden="true">${Array.from({ length: dots }, () => html`<i></i>`)}<i class="me"></i></div>
      <p><span>${t("Taken at {time}", { time: timeOf(ticket.issued_at) })}</span><b>${t("Your place in line")}</b></p>
    </section>
    ${latest && html`<section class="nc"><p><span>${t("Now calling")}</span><b>${latest.number}</b></p>
      <p><span>${t("Counter")}</span><b>${latest.counter}</b></p></section>`}`;
}
