// Owns the middle of the counter page: the customer of now, or the panel that says what comes next.
import { html, icon, minutes, running, timeOf, useTick } from "/static/lobby/page.js";
import { message, name, t } from "/static/lobby/texts.js";
import { PrintAgain } from "./counter-paper.js";
import { Perks } from "./counter-perks.js";
import { ProxyTag } from "./counter-proxy.js";

const LANGUAGES = { zh: "中文", en: "English" };

function Steps({ current }) {
  const serving = current.state === "serving";
  return html`<ol class="steps">
    <li class="on" aria-current=${serving ? null : "step"}>${t("Called {time}", { time: timeOf(current.called_at) })}</li>
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

const Tags = ({ of }) => html`<span class="tags">
  ${of.class === "vip" ? html`<span class="tag vip">${icon("diamond")}${name(of.tier_name) || t("VIP")}</span>` : null}
  <span class="tag">${name(of.service_name)}</span>
  ${of.slot_at ? html`<span class="tag ap">${t("Appointment {time}", { time: timeOf(of.slot_at) })}</span>` : null}
</span>`;

/** Why a member is served as an ordinary customer, for staff. */
const CARDS = {
  card_churned: () => t("VIP card void: the number left the network"),
  card_void: () => t("VIP card void: no longer on the carrier's list"),
  card_expired: ({ day }) => t("VIP card ended on {day}", { day }),
  card_not_yet: ({ day }) => t("VIP card valid from {day} on", { day }),
};

const Person = ({ customer }) => html`<p class="person">${name(customer.name) || t("No name given")}${customer.phone ? html`<span>${customer.phone}</span>` : null}${customer.card ? html`<span class="card-void">${icon("info")}${CARDS[customer.card.code](customer.card.values)}</span>` : null}</p>`;

const Fact = ({ label, value }) => html`<div><dt>${label}</dt><dd>${value}</dd></div>`;

const Facts = ({ current }) => html`<dl class="facts">
  <${Fact} label=${t("Issued")} value=${timeOf(current.issued_at)} />
  <${Fact} label=${t("Waited")} value=${t("{n} min", { n: minutes(current.waited_s) })} />
  <${Fact} label=${t("Language")} value=${LANGUAGES[current.language] ?? current.language} />
  <${Fact} label=${t("Calls")} value=${current.calls === 1 ? t("once") : t("{n} times", { n: current.calls })} />
</dl>`;

const Note = ({ note }) => html`<p class="note">${icon("note")}<span><b>${t("Note")}</b> ${note}</span></p>`;

const Why = ({ said }) => html`<p class="why" data-reason=${said.code}>${t("Why this customer: {reason}", { reason: message(said) })}</p>`;

function Present({ current, now, reason, ...rest }) {
  return html`<section class="cur" aria-label=${t("Current customer")}>
    <div><${Steps} current=${current} /><div class="h"><${Tags} of=${current} /><${ProxyTag} proxy=${current.proxy} now=${now} /><${PrintAgain} key=${current.number} current=${current} /><${Timer} current=${current} now=${now} /></div></div>
    <div class=${`n ${current.class}`}>
      <div class="who-now"><b data-current-number=${current.number}>${current.number}</b>${reason?.number === current.number ? html`<${Why} said=${reason.said} />` : null}</div>
      ${current.customer ? html`<${Person} customer=${current.customer} />` : null}
    </div>
    <${Facts} current=${current} />
    <${Perks} current=${current} ...${rest} />
    ${current.note ? html`<${Note} note=${current.note} />` : null}
  </section>`;
}

/** What the empty middle says: [icon, headline, hint]. */
function absence({ counter, next, nobody, store }) {
  if (counter.state === "closed") return ["clock", t("This counter is closed"), store.open ? t("Open it when you are ready for customers.") : t("The store is closed now")];
  if (counter.state === "paused") return ["clock", t("This counter is paused"), t("Open it when you are ready for customers.")];
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

export const Customer = ({ data, ...rest }) => (data.current ? html`<${Present} current=${data.current} onlooker=${data.onlooker} ...${rest} />` : html`<${Absent} data=${data} />`);
