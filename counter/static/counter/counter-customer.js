// Owns the middle of the counter page: the customer of now, or the panel that says what comes next.
import { html, icon, minutes, running, timeOf, useTick } from "/static/lobby/page.js";
import { lang, message, name, t } from "/static/lobby/texts.js";
import { action } from "./counter-actions.js";
import { PAUSES } from "./counter-asks.js";
import { Action } from "./counter-frame.js";
import { PrintAgain } from "./counter-paper.js";
import { Perks } from "./counter-perks.js";
import { ProxyTag } from "./counter-proxy.js";

const LANGUAGES = { zh: "中文", en: "English" };

function Steps({ current }) {
  const serving = current.state === "serving";
  return html`<ol class="steps">
    <li class="on" aria-current=${serving ? null : "step"}>${t("Called {time}", { time: timeOf(current.called_at) })}${current.calls > 1 ? ` · ${t("{n} times", { n: current.calls })}` : ""}</li>
    <li class=${serving ? "on" : ""} aria-current=${serving ? "step" : null}>${serving ? t("Serving since {time}", { time: timeOf(current.started_at) }) : t("Serving")}</li>
    <li>${t("Finished")}</li>
  </ol>`;
}

function Timer({ current, now }) {
  useTick();
  const since = current.state === "serving" ? current.started_at : current.called_at;
  const seconds = (now() - Date.parse(since)) / 1000;
  return html`<span class="timer"><span>${current.state === "serving" ? t("Serving for") : t("Called for")}</span>${running(seconds)}</span>`;
}

const dayOf = (day) => new Intl.DateTimeFormat(lang() === "en" ? "en-GB" : "zh-CN", { month: lang() === "en" ? "short" : "long", day: "numeric", timeZone: "UTC" }).format(Date.parse(day));

/** What a member likes to be known: a birthday, a card that ends, their own manager. Nothing of it before the call. */
const Care = ({ of }) => html`${of.birthday ? html`<span class="tag care" data-care="birthday">${icon("cake")}${t("Birthday these days")}</span>` : null}
  ${of.card_ends ? html`<span class="tag ends" data-care="card">${icon("card")}${t("Card ends {day}", { day: dayOf(of.card_ends.values.day) })}</span>` : null}
  ${of.manager ? html`<span class="tag" data-care="manager">${icon("person")}${t("Manager {name}", { name: of.manager })}</span>` : null}`;

const Tags = ({ of }) => html`<span class="tags">
  ${of.class === "vip" ? html`<span class="tag vip">${icon("diamond")}${name(of.tier_name) || t("VIP")}</span>` : null}
  <span class="tag">${name(of.service_name)}</span>
  ${of.slot_at ? html`<span class="tag ap">${t("Appointment {time}", { time: timeOf(of.slot_at) })}</span>` : null}
  ${of.customer ? html`<${Care} of=${of.customer} />` : null}
</span>`;

/** Why a member is served as an ordinary customer, for staff. */
const CARDS = {
  card_churned: () => t("VIP card void: the number left the network"),
  card_void: () => t("VIP card void: no longer on the carrier's list"),
  card_expired: ({ day }) => t("VIP card ended on {day}", { day }),
  card_not_yet: ({ day }) => t("VIP card valid from {day} on", { day }),
};

/** The phone is masked until it is asked for; asking is journalled. */
function Phone({ phone, revealed, reveal, ...rest }) {
  if (revealed) return html`<span data-phone>${revealed}</span>`;
  return html`<span data-phone>${phone} <${Action} class="reveal" name="reveal" action=${reveal} aria-label=${reveal.label} aria-keyshortcuts="V" ...${rest}>${t("Show")}<kbd aria-hidden="true">V</kbd><//></span>`;
}

const Person = ({ customer, ...rest }) => html`<p class="person">${name(customer.name) || t("No name given")}${customer.phone ? html`<${Phone} phone=${customer.phone} ...${rest} />` : null}${customer.card ? html`<span class="card-void">${icon("info")}${CARDS[customer.card.code](customer.card.values)}</span>` : null}</p>`;

const Fact = ({ label, value }) => html`<div><dt>${label}</dt><dd>${value}</dd></div>`;

const times = (n) => (n === 1 ? t("once") : t("{n} times", { n }));

const Facts = ({ current }) => html`<dl class="facts">
  <${Fact} label=${t("Issued")} value=${timeOf(current.issued_at)} />
  <${Fact} label=${t("Waited")} value=${t("{n} min", { n: minutes(current.waited_s) })} />
  <${Fact} label=${t("Language")} value=${LANGUAGES[current.language] ?? current.language} />
  ${current.customer?.visits_this_month ? html`<${Fact} label=${t("Visits this month")} value=${times(current.customer.visits_this_month)} />` : html`<${Fact} label=${t("Calls")} value=${times(current.calls)} />`}
</dl>`;

/** What was noted at the kiosk and by staff, and what was done elsewhere before. */
function Notes({ current }) {
  const lines = [
    ...current.legs.map((leg) => [t("Before, at counter {number}", { number: leg.counter }), `${name(leg.service_name)}, ${running(leg.served_s)}`]),
    ...(current.note ? [[t("Note"), current.note]] : []),
    ...current.notes.map(({ at, staff, text }) => [`${staff} ${timeOf(at)}`, text]),
  ];
  return lines.length ? html`<div class="note" tabindex="0" role="group" aria-label=${t("Notes")}>${icon("note")}<ul>${lines.map(([who, text]) => html`<li><b>${who}</b> ${text}</li>`)}</ul></div>` : null;
}

const Why = ({ said }) => html`<p class="why" data-reason=${said.code}>${t("Why this customer: {reason}", { reason: message(said) })}</p>`;

function Present({ data, current, now, reason, phone, ...rest }) {
  const reveal = { reveal: action(data, "reveal", now()), revealed: phone?.number === current.number ? phone.said : null };
  return html`<section class="cur" aria-label=${t("Current customer")}>
    <div><${Steps} current=${current} /><div class="h"><${Tags} of=${current} /><${ProxyTag} proxy=${current.proxy} now=${now} /><${PrintAgain} key=${current.number} current=${current} /><${Timer} current=${current} now=${now} /></div></div>
    <div class=${`n ${current.class}`}>
      <div class="who-now"><b data-current-number=${current.number}>${current.number}</b>${reason?.number === current.number ? html`<${Why} said=${reason.said} />` : null}</div>
      ${current.customer ? html`<${Person} customer=${current.customer} ...${reveal} up=${rest.up} busy=${rest.busy} act=${rest.act} />` : null}
    </div>
    <${Facts} current=${current} />
    <${Perks} current=${current} ...${rest} />
    <${Notes} current=${current} />
  </section>`;
}

function paused({ reason, text, until }) {
  const why = text || PAUSES().find(({ value }) => value === reason).label;
  return until ? t("{reason}, back at {time}", { reason: why, time: timeOf(until) }) : why;
}

/** What the empty middle says: [icon, headline, hint]. */
function absence({ counter, next, nobody, store, pause, wrap_up: wrapUp }) {
  if (counter.state === "closed") return ["clock", t("This counter is closed"), store.open ? t("Open it when you are ready for customers.") : t("The store is closed now")];
  if (counter.state === "paused") return ["clock", t("This counter is paused"), paused(pause)];
  if (counter.state === "wrap_up") return ["note", t("Wrap-up"), wrapUp.number ? t("After {number}. Nobody is called until you are done.", { number: wrapUp.number }) : ""];
  if (!next) return ["people", message(nobody) || t("Nobody is waiting"), t("A new customer appears here by itself.")];
  return null;
}

const Up = ({ next, queue }) => {
  const ticket = queue.find(({ number }) => number === next.number);
  return html`<p class="kick">${t("Next customer")}</p><b class="up-next">${next.number}</b>
    ${ticket ? html`<${Tags} of=${ticket} />` : null}
    <p class="hint">${t("Why this customer: {reason}", { reason: message(next.reason) })}</p>`;
};

function Absent({ data }) {
  const empty = absence(data);
  return html`<section class="cur" aria-label=${t("Current customer")}><div class="blank">
    ${empty ? html`<span class="sign">${icon(empty[0])}</span><p class="headline">${empty[1]}</p><p class="hint">${empty[2]}</p>` : html`<${Up} next=${data.next} queue=${data.queue} />`}
  </div></section>`;
}

export const Customer = ({ data, ...rest }) => (data.current ? html`<${Present} data=${data} current=${data.current} onlooker=${data.onlooker} ...${rest} />` : html`<${Absent} data=${data} />`);
