// Owns the lists of the appointments page: a day's visits by time, what was found, and whom to remind.
import { post, remove } from "/static/lobby/api.js";
import { html, icon, timeOf, useState } from "/static/lobby/page.js";
import { name, t } from "/static/lobby/texts.js";
import { Phone } from "./appointments-phone.js";
import { dayName, standing, who } from "./appointments-words.js";

const Tier = ({ of }) => (of.tier_name ? html`<span class="tag vip">${name(of.tier_name)}</span>` : null);
const English = ({ of }) => (of.language === "en" ? html`<span class="tag" lang="en">English</span>` : null);

function Visit({ visit, first, now, chosen, show, withDay }) {
  const { tone, text } = standing(visit, now);
  return html`<li class=${`visit ${visit.state} ${first ? "first" : ""}`}>
    <time>${withDay ? html`<small>${dayName(visit.slot_at.slice(0, 10))}</small>` : null}${first || withDay ? timeOf(visit.slot_at) : ""}</time>
    <button type="button" aria-pressed=${chosen} data-visit=${visit.code} onClick=${() => show(visit.code)}>
      <b>${visit.name}</b><span class="tags"><${Tier} of=${visit} /><${English} of=${visit} /></span><span class="what">${name(visit.service_name)}</span>
      <span class="quiet">${visit.phone}</span>
      <span class=${`badge ${tone}`}>${text}${visit.number ? html` <strong>${visit.number}</strong>` : null}</span>
    </button></li>`;
}

const STATES = ["booked", "checked_in", "completed", "no_show", "cancelled"];
/** "12 appointments · 3 checked in · 2 served" */
function tally(visits, now) {
  const shown = STATES.slice(1).map((state) => [state, visits.filter((one) => one.state === state)]);
  const words = shown.filter(([, ones]) => ones.length).map(([, ones]) => `${standing(ones[0], now).text} ${ones.length}`);
  return [t("{n} appointments", { n: visits.length }), ...words].join(" · ");
}

export function Day({ visits, now, chosen, show, found, book }) {
  if (visits === null) return html`<p class="empty big" role="status">${t("One moment please")}</p>`;
  if (visits.length === 0) {
    return html`<div class="empty big">${icon(found ? "question" : "calendar")}<b>${found ? t("Nothing was found") : t("No appointments on this day")}</b>
      <span>${found ? t("Check the code or the number. Cancelled ones are found by their code only.") : t("A new one appears here by itself.")}</span>
      <button type="button" class="s" onClick=${book}>${t("New appointment")}</button></div>`;
  }
  const begins = (at) => at === 0 || visits[at].slot_at !== visits[at - 1].slot_at;
  return html`<p class="tally">${tally(visits, now)}</p>
    <ul class="visits">${visits.map((visit, at) => html`<${Visit} key=${visit.code} visit=${visit} first=${begins(at)} now=${now} chosen=${visit.code === chosen} show=${show} withDay=${found} />`)}</ul>`;
}

function Reminder({ visit, changed }) {
  const [state, set] = useState({ busy: false, fault: "" });
  const send = (request) => {
    set({ busy: true, fault: "" });
    request.then(() => (set({ busy: false, fault: "" }), changed()), (problem) => set({ busy: false, fault: problem.detail || t("No connection to the server.") }));
  };
  const path = `/api/v1/appointments/${encodeURIComponent(visit.code)}/reminder`;
  return html`<li class=${`remind ${visit.reminded_at ? "done" : ""}`} data-remind=${visit.code}>
    <time>${timeOf(visit.slot_at)}</time>
    <span class="person"><b>${visit.name}</b> <${Tier} of=${visit} /><${English} of=${visit} /><small>${name(visit.service_name)}</small></span>
    <${Phone} code=${visit.code} phone=${visit.phone} />
    ${visit.reminded_at
      ? html`<span class="by">${icon("check")} ${t("{who}, {time}", { who: who(visit.reminded_by), time: timeOf(visit.reminded_at) })} <button type="button" class="plain" disabled=${state.busy} onClick=${() => send(remove(path))}>${t("Undo")}</button></span>`
      : html`<button type="button" class="s" disabled=${state.busy} onClick=${() => send(post(path))}>${t("Mark as reminded")}</button>`}
    ${state.fault ? html`<p class="fault" role="alert">${state.fault}</p>` : null}</li>`;
}

export function Reminders({ visits, day, changed }) {
  if (visits === null) return html`<p class="empty big" role="status">${t("One moment please")}</p>`;
  if (visits.length === 0) return html`<div class="empty big">${icon("bell")}<b>${t("Nobody to remind for this day")}</b><span>${t("A new one appears here by itself.")}</span></div>`;
  const done = visits.filter(({ reminded_at }) => reminded_at).length;
  return html`<div class="tally"><span>${t("{done} of {n} reminded", { done, n: visits.length })}</span><span class="bar" aria-hidden="true"><i style=${{ width: `${(100 * done) / visits.length}%` }}></i></span>
      <a class="s" href=${`/api/v1/reminders.csv?date=${day}`} download>${t("Download as a spreadsheet")}</a></div>
    <ul class="reminders">${visits.map((visit) => html`<${Reminder} key=${visit.code} visit=${visit} changed=${changed} />`)}</ul>`;
}
