// Owns the risk list of the floor page: who will probably be called too late and why, and the remedies, best first.
import { html, icon, range, running, timeOf, useState } from "/static/lobby/page.js";
import { message, name, t } from "/static/lobby/texts.js";
import { AlertSteps, isNarrow } from "./floor-alerts.js";
import { NumberButton } from "./floor-tickets.js";

const few = () => (isNarrow() ? 3 : 5);

const classOf = ({ class: kind, tier_name }) => (kind === "vip" ? name(tier_name) || t("VIP") : kind === "appointment" ? t("Appointment") : t("Ordinary"));

/** When the call is foreseen; that no counter is open is said by the reason beside it. */
function foreseen(call_in) {
  const minutes = range(call_in);
  if (minutes) return t("call in about {n} min", { n: minutes });
  return call_in.unknown === "not_enough_data" ? t("call time not known yet") : null;
}

const said = (...parts) => parts.filter(Boolean).join(" · ");

function Risk({ risk, now, open }) {
  const left = (Date.parse(risk.limit_at) - now) / 1000;
  const chance = risk.chance_percent === null ? null : t("late in {n} of 100 cases", { n: risk.chance_percent });
  return html`<li data-risk=${risk.number}>
    <b><${NumberButton} number=${risk.number} open=${open} /></b>
    <p><span class="top"><span class=${`tag ${risk.class}`}>${classOf(risk)}</span>${name(risk.service_name)}</span>
      <small>${said(foreseen(risk.call_in), message(risk.why))}</small></p>
    <p class="left"><strong>${left > 0 ? t("{time} left", { time: running(left) }) : t("{time} over", { time: running(-left) })}</strong><small>${said(t("by {time}", { time: timeOf(risk.limit_at) }), chance)}</small></p>
  </li>`;
}

const TITLES = {
  open_counter: ({ counter }, person) => t("Open counter {counter}: {name}", { counter, name: person?.name ?? "" }),
  end_pause: ({ counter }) => t("End the pause at counter {counter}", { counter }),
};

function title(remedy, person) {
  if (TITLES[remedy.kind]) return TITLES[remedy.kind](remedy, person);
  const { counter } = remedy;
  if (remedy.class === "ordinary") return t("Counter {counter}: take ordinary customers for an hour", { counter });
  return remedy.class === "vip" && remedy.before === "vip_first" ? t("VIP counter {counter}: take everybody for an hour", { counter }) : t("Counter {counter}: take promised customers first for an hour", { counter });
}

/** What the forecast says it does, in people and minutes. */
function effect({ saved, ordinary_s }) {
  const people = Math.round(saved);
  const parts = [];
  if (people >= 1) parts.push(t(people === 1 ? "{n} promise is kept" : "{n} promises are kept", { n: people }));
  else if (saved >= 0.3) parts.push(t("may keep a promise"));
  const change = Math.round(ordinary_s / 60);
  if (change) parts.push(t("ordinary customers {n} min", { n: `${change < 0 ? "−" : "+"}${Math.abs(change)}` }));
  else parts.push(t("ordinary customers wait no longer"));
  return parts.join(" · ");
}

function Remedy({ remedy, own, best }) {
  const [chosen, choose] = useState(null);
  const person = remedy.staff.find(({ id }) => id === chosen) ?? remedy.staff[0];
  const label = `${remedy.kind}-${remedy.counter}`;
  const body = { kind: remedy.kind, counter: remedy.counter };
  if (remedy.kind === "open_counter") body.staff = person?.id;
  if (remedy.kind === "permit") Object.assign(body, { class: remedy.class, permission: remedy.permission, length_s: remedy.length_s });
  return html`<li class=${best ? "best" : ""} data-remedy=${label}>
    <p><b>${title(remedy, person)}</b><small>${effect(remedy)}</small></p>
    ${remedy.staff.length > 1 ? html`<select aria-label=${t("Who sits there")} onChange=${(event) => choose(Number(event.target.value))}>${remedy.staff.map(({ id, name: who }) => html`<option value=${id} selected=${id === person.id}>${who}</option>`)}</select>` : null}
    <button type="button" aria-label=${`${t("Do it")} · ${title(remedy, person)}`} aria-busy=${own.busy === label} disabled=${!!own.busy} onClick=${() => own.act(body, label)}>${t("Do it")}</button>
  </li>`;
}

const NoRemedy = ({ data }) => html`<p class="none">${icon("info")}<span>${data.team.some(({ counter }) => counter === null) ? t("No change of counters would help within the hour.") : t("Nobody of the counter staff is free. Ask somebody to sign in, or to come back from a pause.")}</span></p>`;

function Weighing() {
  return html`<p class="none" role="status">${icon("clock")}<span>${t("Weighing what would help…")}</span></p>`;
}

const Calm = () => html`<section class="calmly" aria-label=${t("At risk")}>${icon("check")}<b>${t("Nobody is at risk")}</b><span>${t("By the forecast everybody who waits is called in time.")}</span></section>`;

const Unknown = () => html`<section class="calmly unknown" aria-label=${t("At risk")}>${icon("info")}<b>${t("Who is at risk is not known yet")}</b><span>${t("It is told once about thirty services have been measured and while the forecast runs.")}</span></section>`;

export function Risks({ data, own, now, open }) {
  const [all, setAll] = useState(false);
  const { risks, remedies, alerts } = data;
  if (!risks?.length) return data.waiting.people ? html`<${risks ? Calm : Unknown} />` : null;
  const alert = alerts.find(({ kind }) => kind === "promise_at_risk");
  const shown = all ? risks : risks.slice(0, few());
  return html`<section class="risks" aria-labelledby="risks">
    <div><h2 id="risks">${icon("warning")}${t("At risk")} <span>${t(risks.length === 1 ? "{n} customer may be called too late" : "{n} customers may be called too late", { n: risks.length })}</span>${alert ? html`<${AlertSteps} alert=${alert} own=${own} />` : null}</h2>
      <ol>${shown.map((risk) => html`<${Risk} key=${risk.number} risk=${risk} now=${now} open=${open} />`)}</ol>
      ${risks.length > few() ? html`<button type="button" class="more" aria-expanded=${all} onClick=${() => setAll(!all)}>${all ? t("Show fewer") : t("{n} more", { n: risks.length - few() })}</button>` : null}</div>
    <div class="help"><h2>${t("What helps")} <span>${t("forecast for the next hour")}</span></h2>
      ${remedies?.length ? html`<ol>${remedies.map((remedy, at) => html`<${Remedy} key=${`${remedy.kind}-${remedy.counter}-${remedy.class}`} remedy=${remedy} own=${own} best=${at === 0} />`)}</ol>` : remedies ? html`<${NoRemedy} data=${data} />` : html`<${Weighing} />`}</div>
  </section>`;
}
