// Owns the service choice of a customer who was recognised, and the scenes that explain what went wrong.
import { html, icon } from "/static/lobby/page.js";
import { message, name, other, otherLang, otherName, t } from "/static/lobby/texts.js";
import { Cards } from "./cards.js";
import { isOn } from "./modes.js";
import { BackBar, Both, Fit, Heading, StoreBar } from "./parts.js";
import { explain, isStopped } from "./requests.js";
import { shapeNow } from "./stage.js";

const joined = (parts) => parts.filter(Boolean).join(" · ");

const SIGNS = { birthday: "cake", manager: "person", card_ends: "card" };

const Wish = ({ said }) => html`<li data-wish=${said.code}>${icon(SIGNS[said.code])}<span>${message(said)}<small lang=${otherLang()}>${other(said.text, said.values)}</small></span></li>`;

/** A VIP is greeted by title, in gold; what concerns only them stands below. */
const Greeting = ({ person, waiting }) => html`<section class="greeting">
  <span class="badge">${icon("diamond")}</span>
  <div><${Fit} class="line" text=${name(person.greeting)}><b>${joined([name(person.greeting), name(person.tier_name)])}</b><//>
    <${Fit} class="line small" text=${otherName(person.greeting)}><span lang=${otherLang()}>${joined([otherName(person.greeting), otherName(person.tier_name)])}</span><//>
    <p class="queue">${t("VIPs waiting: {n}", { n: waiting })}<span lang=${otherLang()}> · ${other("VIPs waiting: {n}", { n: waiting })}</span></p></div>
  ${person.wishes.length > 0 && html`<ul class="wishes">${person.wishes.map((said) => html`<${Wish} key=${said.code} said=${said} />`)}</ul>`}
</section>`;

/** Why a card does not count today, and that this is no loss of service. */
const Reason = ({ said }) => html`<section class="reason" role="status">${icon("info")}<div><p>${message(said)}</p><p class="small" lang=${otherLang()}>${other(said.text, said.values)}</p></div></section>`;

/** Who has booked for today checks in with one touch. */
const Booked = ({ booking, busy, onCheckIn }) => html`<button class="booked" data-action="check-in-booking" disabled=${busy} onClick=${() => onCheckIn({ code: booking.code })}>
  ${icon("calendar")}<${Fit} class="two" text=${booking.time}><${Both} text="Check in for your appointment at {time}" values=${{ time: booking.time }} /><//></button>`;

export function Choice({ view, person, group, busy, onPick, onOpen, onCheckIn, onHome, onBack }) {
  const low = shapeNow() === "wide" || person.wishes.length > 0 || person.booking !== null;
  const vips = view.queues.find((queue) => queue.class === "vip")?.waiting ?? 0;
  return html`<${BackBar} idle_s=${view.store.idle_s} onHome=${onHome} onBack=${onBack} />
    <main class="choose chosen">
      <div class="person">
        ${person.vip && html`<${Greeting} person=${person} waiting=${vips} />`}
        ${!person.vip && person.reason && html`<${Reason} said=${person.reason} />`}
        <${Heading} text="Please choose a service" unseen=${isOn("large") || isOn("reach")} />
      </div>
      <${Cards} key=${group?.zh} queues=${view.queues} group=${group} low=${low} busy=${busy} vip=${person.vip} onPick=${onPick} onOpen=${onOpen} />
      ${person.booking && html`<${Booked} booking=${person.booking} busy=${busy} onCheckIn=${onCheckIn} />`}
    </main>`;
}

/** What helps: time, where the same request is made again, or a person. */
function helpFor(problem, onAgain) {
  if (!onAgain) return "Our staff are glad to help you.";
  return isStopped(problem) ? "It is tried again by itself as soon as numbers can be given." : "It is tried again by itself as soon as the line is back.";
}

function signOf(problem) {
  if (problem.status === 0) return "offline";
  return isStopped(problem) ? "warning" : "info";
}

/** What happened, as the customer reads it; what is for staff stands below, smaller. */
function Said({ problem, help }) {
  const { text, small, staff } = explain(problem);
  return html`<main class="trouble"><section role="alert"><span class="badge">${icon(signOf(problem))}</span>
    <h1 tabindex="-1">${text}</h1>${small && html`<p class="sub" lang=${otherLang()}>${small}</p>`}
    ${help && html`<p class="help two"><${Both} text=${help} /></p>`}
    ${staff && html`<p class="for-staff" data-disk=${problem.code}>${staff}</p>`}</section></main>`;
}

/** Nothing can be saved: who would touch a service reads so before. */
export const Stopped = ({ view, now, idle, onLang }) => html`<${StoreBar} store=${view.store} now=${now} onLang=${onLang}>${idle}<//><${Said} problem=${view.trouble} />`;

/** A refusal or a broken line: what happened, and the way on. */
export function Trouble({ problem, busy, idle_s, onAgain, onHome, onBack }) {
  return html`<${BackBar} idle_s=${idle_s} onHome=${onHome} onBack=${onBack} />
    <${Said} problem=${problem} help=${helpFor(problem, onAgain)} />
    <div class="act">
      ${onAgain && html`<button class="go" data-action="again" disabled=${busy} onClick=${onAgain}><${Both} text="Try again" /></button>`}
      <button class="go ${onAgain ? "second" : ""}" data-action="done" onClick=${onBack}><${Both} text="Back to start" /></button>
    </div>`;
}
