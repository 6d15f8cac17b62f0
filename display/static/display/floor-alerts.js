// Owns the alerts at the top of the floor page: what is wrong, since when, who knows; acknowledge, snooze, and the sound.
import { html, icon, minutes, timeOf, useState } from "/static/lobby/page.js";
import { message, t } from "/static/lobby/texts.js";
import { chime, prepare } from "./chime.js";

/** An upright tablet shows fewer, so that what helps is in sight. */
export const isNarrow = () => matchMedia("(max-width: 900px)").matches;
const few = () => (isNarrow() ? 2 : 4);
const SNOOZE_MIN = 15;
const ELSEWHERE = new Set(["promise_at_risk", "help_called", "printer_failed"]); // these have a place of their own on the page
const ICONS = { queue_longer: "people", wait_longer: "clock", counter_idle: "person", service_long: "clock", paused_long: "clock", demand_beyond: "people", screen_silent: "offline" };
const GRAVE = new Set(["promise_broken", "wait_longer", "screen_silent"]);

/** Rings once for every alert that rings and nobody has seen; `heard(yes)` tells whether the browser lets us. */
export function ringer(heard) {
  let known = null;
  prepare(heard);
  return (alerts) => {
    const ringing = alerts.filter(({ sound, seen_at }) => sound && !seen_at).map(({ id }) => id);
    if (known && ringing.some((id) => !known.has(id))) chime();
    known = new Set(ringing);
  };
}

const since = ({ began_at }, now) => {
  const waited = minutes((now - Date.parse(began_at)) / 1000);
  return waited ? t("{n} min so far", { n: waited }) : t("just now");
};

/** The two answers to an alert; an acknowledged one says who knows. */
export function AlertSteps({ alert, own }) {
  if (alert.seen_at) return html`<em class="known">${t("{name} knows, {time}", { name: alert.seen_by.replace(/^staff:/, ""), time: timeOf(alert.seen_at) })}</em>`;
  const path = `alerts/${alert.id}`;
  return html`<span class="steps">
    <button type="button" class="plain" aria-label=${`${t("Later")} · ${t("Again in {n} min", { n: SNOOZE_MIN })} · ${message(alert.said)}`} title=${t("Again in {n} min", { n: SNOOZE_MIN })} aria-busy=${own.busy === `${path}/snooze`} onClick=${() => own.step(`${path}/snooze`, { minutes: SNOOZE_MIN })}>${t("Later")}</button>
    <button type="button" aria-label=${`${t("Acknowledge")} · ${message(alert.said)}`} aria-busy=${own.busy === `${path}/acknowledge`} onClick=${() => own.step(`${path}/acknowledge`)}>${t("Acknowledge")}</button></span>`;
}

const Alert = ({ alert, own, now }) => html`<li class=${`${GRAVE.has(alert.kind) ? "bad" : "warn"} ${alert.seen_at ? "seen" : ""}`} data-alert=${alert.kind}>
  ${icon(ICONS[alert.kind] ?? "warning")}<p><b>${message(alert.said)}</b><small>${since(alert, now)}</small></p><${AlertSteps} alert=${alert} own=${own} /></li>`;

/** Grave ones first, those somebody knows of last; what does not fit is behind one tap. */
export function AlertStrip({ alerts, own, now }) {
  const [all, setAll] = useState(false);
  const shown = alerts.filter(({ kind }) => !ELSEWHERE.has(kind)).sort((a, b) => !!a.seen_at - !!b.seen_at || GRAVE.has(b.kind) - GRAVE.has(a.kind));
  const more = shown.length - few();
  return html`<section class=${`alerts ${shown.length || own.trouble ? "" : "quiet"}`} aria-live="polite" aria-label=${t("Alerts")}>
    ${own.trouble ? html`<p class="trouble" role="alert">${icon("warning")}${own.trouble}</p>` : null}
    ${shown.length ? html`<ul>${(all ? shown : shown.slice(0, few())).map((alert) => html`<${Alert} key=${alert.id} alert=${alert} own=${own} now=${now} />`)}</ul>` : null}
    ${more > 0 ? html`<button type="button" class="more" aria-expanded=${all} onClick=${() => setAll(!all)}>${all ? t("Show fewer") : t(more === 1 ? "{n} more alert" : "{n} more alerts", { n: more })}</button>` : null}
  </section>`;
}
