// Owns the numbers on the floor page: everybody who waits as they stand in line, who is on hold, who left today, a search; each opens its sheet.
import { html, icon, minutes, timeOf, useState } from "/static/lobby/page.js";
import { name, t } from "/static/lobby/texts.js";
import { isNarrow } from "./floor-alerts.js";

const few = () => (isNarrow() ? 8 : 12);
export const GONE = { no_show: () => t("No-show"), abandoned: () => t("Given up"), cancelled: () => t("Cancelled") };

const HELD = { same_counter: (values) => t("for counter {number}", values), any_counter: () => t("for any counter"), step: () => t("waits for a step") };

/** Where somebody on hold goes on, and since when they have been on hold. */
export const holdOf = ({ kind, counter, step_done: isDone, since }, now) => [t("{n} min", { n: minutes((now - Date.parse(since)) / 1000) }), isDone ? t("step done") : HELD[kind]({ number: counter })].join(" · ");

export const classOf = ({ class: kind, tier_name }) => (kind === "vip" ? name(tier_name) || t("VIP") : kind === "appointment" ? t("Appointment") : "");

/** What is typed, as numbers are written: "a12" finds A012. */
const matches = (number, typed) => {
  const [, letter = "", digits = ""] = /^([A-Z]*)0*(\d*)$/.exec(typed.trim().toUpperCase()) ?? [];
  return number.startsWith(letter) && number.replace(/^[A-Z]+0*/, "").startsWith(digits);
};

/** A number as a button, wherever it stands on the page. */
export const NumberButton = ({ number, open }) => html`<button type="button" class="number" aria-haspopup="dialog" aria-label=${t("Decide about {number}", { number })} onClick=${() => open(number)}>${number}</button>`;

const Chip = ({ ticket, words, open }) => html`<li><button type="button" class=${`tk ${ticket.class}`} data-number=${ticket.number} aria-haspopup="dialog" onClick=${() => open(ticket.number)}>
  <b>${ticket.number}</b><span>${[classOf(ticket), name(ticket.service_name)].filter(Boolean).join(" · ")}</span><small>${words}</small></button></li>`;

const waited = (ticket, now) => [t("{n} min", { n: minutes((now - Date.parse(ticket.waiting_since)) / 1000) }), ticket.placed && t("placed")].filter(Boolean).join(" · ");

function Line({ line, now, open }) {
  const [all, setAll] = useState(false);
  const shown = all ? line : line.slice(0, few());
  if (!line.length) return html`<p class="none">${icon("check")}<span>${t("Nobody is waiting.")}</span></p>`;
  return html`<ol class="tks">${shown.map((ticket) => html`<${Chip} key=${ticket.number} ticket=${ticket} words=${waited(ticket, now)} open=${open} />`)}</ol>
    ${line.length > few() ? html`<button type="button" class="more" aria-expanded=${all} onClick=${() => setAll(!all)}>${all ? t("Show fewer") : t("{n} more", { n: line.length - few() })}</button>` : null}`;
}

const Held = ({ held, now, open }) => html`<h3>${t("On hold")}</h3>
  <ul class="tks held">${held.map((ticket) => html`<${Chip} key=${ticket.number} ticket=${ticket} words=${holdOf(ticket, now)} open=${open} />`)}</ul>`;

const Gone = ({ gone, open }) => html`<h3>${t("Left today, can be reinstated")}</h3>
  <ul class="tks">${gone.map((ticket) => html`<${Chip} key=${ticket.number} ticket=${ticket} words=${`${GONE[ticket.state]()} ${timeOf(ticket.at)}`} open=${open} />`)}</ul>`;

export function Tickets({ line, held, gone, now, open }) {
  const [typed, type] = useState("");
  const found = (tickets) => tickets.filter(({ number }) => matches(number, typed));
  const [waiting, resting, left] = [found(line), found(held), found(gone)];
  const nobody = typed && !waiting.length && !resting.length && !left.length;
  return html`<section class="p full tickets" aria-labelledby="tickets">
    <h2 id="tickets">${t("Numbers")} <span>${t("in the order of the line; tap one to place, move or cancel it")}</span>
      <label class="find">${icon("search")}<input type="search" name="number" maxlength="8" autocomplete="off" aria-label=${t("Find a number")} placeholder=${t("Find a number")} value=${typed} onInput=${(event) => type(event.target.value)} /></label></h2>
    <div>${nobody ? html`<p class="none" role="status">${icon("info")}<span>${t("This number is neither waiting nor on hold, and not among those who left last.")}</span></p>` : html`
      ${typed && !waiting.length ? null : html`<${Line} line=${waiting} now=${now} open=${open} />`}
      ${resting.length ? html`<${Held} held=${resting} now=${now} open=${open} />` : null}
      ${left.length ? html`<${Gone} gone=${left} open=${open} />` : null}`}</div>
  </section>`;
}
