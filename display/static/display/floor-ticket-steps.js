// Owns what the floor manager decides about one number: its place, another queue, cancelling, reinstating; always with a reason.
import { html, minutes, timeOf, useState } from "/static/lobby/page.js";
import { name, t } from "/static/lobby/texts.js";
import { Act } from "./floor-acts.js";
import { Sheet } from "./floor-sheet.js";
import { classOf, GONE, holdOf } from "./floor-tickets.js";

const MOST_REASON = 200;
const REASONS = {
  waiting: [() => t("Elderly, unwell or with a small child"), () => t("Waited too long"), () => t("Wrong service chosen"), () => t("Customer asked for it"), () => t("Customer has left")],
  held: [() => t("Customer has left"), () => t("Customer asked for it")],
  gone: [() => t("Customer is back"), () => t("Cancelled by mistake"), () => t("Did not hear the call")],
};
const PLACES = [["first", () => t("Put first")], ["original", () => t("To its own place")], ["last", () => t("Put last")]];

function Reason({ usual }) {
  const [why, say] = useState("");
  return html`<fieldset class="reason"><legend>${t("Reason")}</legend>
    <span class="words">${usual.map((word) => html`<button type="button" aria-pressed=${why === word()} onClick=${() => say(word())}>${word()}</button>`)}</span>
    <label>${t("Own words")}<input name="reason" maxlength=${MOST_REASON} required autocomplete="off" value=${why} onInput=${(event) => say(event.target.value)} /></label></fieldset>`;
}

/** Where a waiting number may be sent: another service, or a counter that somebody works at. */
function targets(ticket, { queues, counters }) {
  const services = queues.filter((queue) => queue.class !== "vip" && !queue.retired && queue.code !== ticket.service);
  const seats = counters.filter(({ state, skills, permissions }) => state !== "closed" && skills.includes(ticket.service) && permissions[ticket.class] !== "never");
  return [
    ...services.map((queue) => [`service=${queue.code}`, `${queue.letter} · ${name(queue.name)}`]),
    ...seats.map(({ number, staff }) => [`counter=${number}`, [t("Counter {number}", { number }), staff].filter(Boolean).join(" · ")]),
  ];
}

function goal(target) {
  const [kind, value] = target.split("=");
  return { [kind]: kind === "counter" ? Number(value) : value };
}

/** Which button was pressed says what is done; the reason is the form's, and the browser asks for it. */
function decide(event, ticket, own) {
  event.preventDefault();
  const [kind, place] = event.submitter.value.split(" ");
  const { reason, target } = event.target;
  own.act({ kind, ticket: ticket.number, reason: reason.value.trim(), ...(place ? { place } : {}), ...(kind === "move_ticket" ? goal(target.value) : {}) }, event.submitter.value);
}

const Button = ({ value, own, children, tone = "plain" }) => html`<button class=${tone} value=${value} aria-busy=${own.busy === value}>${children}</button>`;

/** Enter after the reason would press the first button, whichever that is. */
const keepOpen = (event) => event.key === "Enter" && event.target.name === "reason" && event.preventDefault();

const Waiting = ({ ticket, data, own }) => html`<form onSubmit=${(event) => decide(event, ticket, own)} onKeyDown=${keepOpen}>
  <${Reason} usual=${REASONS.waiting} />
  <h3>${t("Place in line")}</h3><div class="row">${PLACES.map(([place, word]) => html`<${Button} value=${`place_ticket ${place}`} own=${own}>${word()}<//>`)}</div>
  <h3>${t("Another queue or counter")}</h3><div class="row"><select name="target" aria-label=${t("Where to?")}>${targets(ticket, data).map(([value, word]) => html`<option value=${value}>${word}</option>`)}</select><${Button} value="move_ticket" own=${own}>${t("Move")}<//></div>
  <div class="row"><${Button} value="cancel_ticket" own=${own} tone="grave">${t("Cancel this number")}<//></div></form>`;

const Held = ({ ticket, own }) => html`<form onSubmit=${(event) => decide(event, ticket, own)} onKeyDown=${keepOpen}>
  <${Reason} usual=${REASONS.held} /><div class="row"><${Button} value="cancel_ticket" own=${own} tone="grave">${t("Cancel this number")}<//></div>
  <p class="why">${t("Staff go on with it at a counter.")}</p></form>`;

function Left({ ticket, own }) {
  if (ticket.other) return html`<p class="why">${t("Has another number now: {number}", { number: ticket.other })}</p>`;
  return html`<form onSubmit=${(event) => decide(event, ticket, own)}><${Reason} usual=${REASONS.gone} />
    <div class="row"><${Button} value="reinstate_ticket" own=${own} tone="">${t("Reinstate")}<//></div><p class="why">${t("The old place and the old waiting time count again.")}</p></form>`;
}

function about(ticket, line, now) {
  if (!ticket) return "";
  const who = [classOf(ticket), name(ticket.service_name)];
  const stand = ticket.kind ? [t("On hold"), holdOf(ticket, now)] : ticket.state ? [`${GONE[ticket.state]()} ${timeOf(ticket.at)}`] : [t("waited {n} min", { n: minutes((now - Date.parse(ticket.waiting_since)) / 1000) }), t("{n} ahead in line", { n: line.indexOf(ticket) }), ticket.for?.counter && t("only for counter {number}", { number: ticket.for.counter })];
  return [...who, ...stand].filter(Boolean).join(" · ");
}

/** The sheet of one number. It follows the number: what was done last stands in it with its undo. */
export function TicketSteps({ number, data, own, now, close }) {
  const waiting = data.line.find((ticket) => ticket.number === number);
  const held = data.held.find((ticket) => ticket.number === number);
  const left = data.gone.find((ticket) => ticket.number === number);
  const done = data.acts.find((act) => act.number === number);
  return html`<${Sheet} kind="ticket-steps" title=${number} about=${about(waiting ?? held ?? left, data.line, now)} trouble=${own.trouble} close=${close}>
    <div class="acts" aria-live="polite">${done ? html`<ul><${Act} key=${done.id} act=${done} own=${own} now=${now} /></ul>` : null}</div>
    ${waiting ? html`<${Waiting} key="waiting" ticket=${waiting} data=${data} own=${own} />` : held ? html`<${Held} key="held" ticket=${held} own=${own} />` : left ? html`<${Left} key="left" ticket=${left} own=${own} />` : html`<p class="why">${t("{number} is no longer waiting.", { number })}</p>`}
  <//>`;
}
