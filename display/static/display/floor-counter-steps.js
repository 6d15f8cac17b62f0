// Owns what the floor manager changes at one counter: who sits there, its pause, whom it serves, for an hour or for good.
import { html, stateName, useEffect, useRef, useState } from "/static/lobby/page.js";
import { t } from "/static/lobby/texts.js";
import { PERMISSIONS } from "./floor-acts.js";

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

function Permission({ counter, kind, label, words, length, own }) {
  const now = counter.permissions[kind];
  const set = (word) => own.act({ kind: "permit", counter: counter.number, class: kind, permission: word, ...(length ? { length_s: length } : {}) });
  return html`<div class="permit" role="group" aria-label=${label}><b>${label}</b><span class="words">${words.map((word) => html`<button type="button" aria-pressed=${now === word} disabled=${now === word} onClick=${() => set(word)}>${PERMISSIONS[word]()}</button>`)}</span></div>`;
}

export function CounterSteps({ counter, team, own, close }) {
  const box = useRef(null);
  const [length, setLength] = useState(HOUR_S);
  useEffect(() => box.current.showModal(), []);
  return html`<dialog ref=${box} class="counter-steps" aria-labelledby="counter-steps" onClose=${close} onClick=${(event) => event.target === box.current && box.current.close()}>
    <div><header><h2 id="counter-steps">${t("Counter {number}", { number: counter.number })} <span>${stateName(counter.state)}${counter.staff ? ` · ${counter.staff}` : ""}</span></h2>
      <button type="button" class="shut-it" onClick=${() => box.current.close()}>${t("Done")}</button></header>
    ${own.trouble ? html`<p class="trouble" role="alert">${own.trouble}</p>` : null}
    ${counter.state === "closed" ? html`<${Opening} counter=${counter} team=${team} own=${own} />` : null}
    ${counter.state === "paused" ? html`<button type="button" class="wide" onClick=${() => own.act({ kind: "end_pause", counter: counter.number })}>${t("End the pause")}</button>` : null}
    <h3>${t("Whom it serves")}</h3>
    <div class="seg" role="group" aria-label=${t("How long")}><button type="button" aria-pressed=${length === HOUR_S} onClick=${() => setLength(HOUR_S)}>${t("for an hour")}</button><button type="button" aria-pressed=${length === null} onClick=${() => setLength(null)}>${t("until changed")}</button></div>
    ${CLASSES.map(([kind, word, words]) => html`<${Permission} key=${kind} counter=${counter} kind=${kind} label=${word()} words=${words} length=${length} own=${own} />`)}</div>
  </dialog>`;
}
