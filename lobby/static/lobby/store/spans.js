// Owns a day's hours as people set them: one or more spans of two times each, none for a closed day.
import { html, icon } from "/static/lobby/page.js";
import { t } from "/static/lobby/texts.js";

const MOST = 4;
const USUAL = ["09:00", "18:00"];

/** `09:00-12:00 13:30-18:00` as [["09:00", "12:00"], ["13:30", "18:00"]]. */
export const parsed = (text) => text.split(" ").filter(Boolean).map((span) => span.split("-"));

/** And back, as the command takes it. */
export const joined = (spans) => spans.map(([opens, closes]) => `${opens}-${closes}`).join(" ");

/** As people read it. */
export const read = (spans) => (spans.length ? spans.map(([opens, closes]) => `${opens}–${closes}`).join(", ") : t("Day off"));

const Time = ({ value, label, fault, onInput }) => html`<input class="time" value=${value} aria-label=${label} inputmode="numeric" maxlength="5" placeholder="09:00" aria-invalid=${fault ? "true" : undefined} onInput=${(event) => onInput(event.target.value)} />`;

/** `label` names the day for who reads by ear. */
export function Spans({ spans, label, fault, onChange }) {
  const put = (at, part, value) => onChange(spans.map((span, n) => (n === at ? span.map((time, m) => (m === part ? value : time)) : span)));
  return html`<div class="spans">${spans.map(([opens, closes], at) => html`<span class="span" key=${at}>
      <${Time} value=${opens} fault=${fault} label=${t("{day} opens", { day: label })} onInput=${(value) => put(at, 0, value)} /><i aria-hidden="true">–</i>
      <${Time} value=${closes} fault=${fault} label=${t("{day} closes", { day: label })} onInput=${(value) => put(at, 1, value)} />
      <button type="button" class="small" aria-label=${t("{day}: remove this span", { day: label })} onClick=${() => onChange(spans.filter((_, n) => n !== at))}>${icon("close")}</button></span>`)}
    ${spans.length === 0 && html`<span class="off">${t("Day off")}</span>`}
    ${spans.length < MOST && html`<button type="button" class="small more" aria-label=${t("{day}: add a span", { day: label })} onClick=${() => onChange([...spans, spans.length ? ["", ""] : USUAL])}>${spans.length ? "+" : t("+ open")}</button>`}
    ${fault && html`<p class="fault">${fault}</p>`}</div>`;
}
