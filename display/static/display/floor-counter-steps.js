// Owns what the floor manager changes at one counter: who sits there, pausing and closing it, whom it serves, for an hour or for good.
import { html, stateName, useState } from "/static/lobby/page.js";
import { t } from "/static/lobby/texts.js";
import { PERMISSIONS } from "./floor-acts.js";
import { Sheet } from "./floor-sheet.js";

const HOUR_S = 3600;
const CLASSES = [["vip", () => t("VIP"), ["primary", "backup", "vip_first", "never"]], ["appointment", () => t("Appointment"), ["primary", "backup", "never"]], ["ordinary", () => t("Ordinary"), ["primary", "backup", "never"]]];

function Opening({ counter, team, own }) {
  const free = team.filter(({ counter: at }) => at === null);
  if (!free.length) return html`<p class="why">${t("Nobody of the counter staff is free. Ask somebody to sign in, or to come back from a pause.")}</p>`;
  const open = (event) => {
    event.preventDefault();
    own.act({ kind: "open_counter", counter: counter.number, staff: Number(event.target.person.value) });
  };
  return html`<form onSubmit=${open}><label>${t("Who sits there")}<select name="person">${free.map(({ id, name }) => html`<option value=${id}>${name}</option>`)}</select></label><button>${t("Open it")}</button></form>`;
}

const REASONS = [["break", () => t("Short break")], ["lunch", () => t("Lunch")], ["training", () => t("Training")], ["meeting", () => t("Meeting")]];
const PAUSES_MIN = [15, 30, 60];

/** Pausing or closing a counter that somebody works at; both wait for the customer who is there. */
function Resting({ counter, own }) {
  if (counter.ticket) return html`<p class="why">${t("It has a customer now: it can pause or close as soon as that one is done.")}</p>`;
  const path = (action) => `counters/${counter.number}/${action}`;
  const pause = (event) => {
    event.preventDefault();
    const { reason, minutes } = event.target;
    own.step(path("pause"), { reason: reason.value, ...(minutes.value ? { minutes: Number(minutes.value) } : {}) });
  };
  return html`<form class="rest" onSubmit=${pause}>
    <label>${t("Reason")}<select name="reason">${REASONS.map(([code, word]) => html`<option value=${code}>${word()}</option>`)}</select></label>
    <label>${t("How long")}<select name="minutes">${PAUSES_MIN.map((minutes) => html`<option value=${minutes}>${t("{n} min", { n: minutes })}</option>`)}<option value="">${t("until they come back")}</option></select></label>
    <button aria-busy=${own.busy === path("pause")}>${t("Pause")}</button>
    <button type="button" class="grave" aria-busy=${own.busy === path("close")} onClick=${() => own.step(path("close"))}>${t("Close counter")}</button></form>`;
}

function Permission({ counter, kind, label, words, length, own }) {
  const now = counter.permissions[kind];
  const set = (word) => own.act({ kind: "permit", counter: counter.number, class: kind, permission: word, ...(length ? { length_s: length } : {}) });
  return html`<div class="permit" role="group" aria-label=${label}><b>${label}</b><span class="words">${words.map((word) => html`<button type="button" aria-pressed=${now === word} disabled=${now === word} onClick=${() => set(word)}>${PERMISSIONS[word]()}</button>`)}</span></div>`;
}

export function CounterSteps({ counter, team, own, close }) {
  const [length, setLength] = useState(HOUR_S);
  const about = `${stateName(counter.state)}${counter.staff ? ` · ${counter.staff}` : ""}`;
  return html`<${Sheet} kind="counter-steps" title=${t("Counter {number}", { number: counter.number })} about=${about} trouble=${own.trouble} close=${close}>
    ${counter.state === "closed" ? html`<${Opening} counter=${counter} team=${team} own=${own} />` : null}
    ${counter.state === "paused" ? html`<button type="button" class="wide" onClick=${() => own.act({ kind: "end_pause", counter: counter.number })}>${t("End the pause")}</button>` : null}
    ${counter.state === "closed" || counter.state === "paused" ? null : html`<${Resting} counter=${counter} own=${own} />`}
    <h3>${t("Whom it serves")}</h3>
    <div class="seg" role="group" aria-label=${t("How long")}><button type="button" aria-pressed=${length === HOUR_S} onClick=${() => setLength(HOUR_S)}>${t("for an hour")}</button><button type="button" aria-pressed=${length === null} onClick=${() => setLength(null)}>${t("until changed")}</button></div>
    ${CLASSES.map(([kind, word, words]) => html`<${Permission} key=${kind} counter=${counter} kind=${kind} label=${word()} words=${words} length=${length} own=${own} />`)}
  <//>`;
}
