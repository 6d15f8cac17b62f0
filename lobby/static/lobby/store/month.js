// Owns the month view: what is open on each day, by the week as it is in the form and the special days.
import { html, icon, useState } from "/static/lobby/page.js";
import { lang, name, t } from "/static/lobby/texts.js";
import { parsed, read } from "./spans.js";

const DAY_MS = 86_400_000;
const locale = () => (lang() === "en" ? "en-GB" : "zh-CN");
const format = (date, options) => new Intl.DateTimeFormat(locale(), { timeZone: "UTC", ...options }).format(date);
const stamp = (date) => date.toISOString().slice(0, 10);

/** Monday is 0. */
export const weekday = (date) => (date.getUTCDay() + 6) % 7;

/** The names of the week's days, from Monday on. */
export const weekdays = (form) => Array.from({ length: 7 }, (_, n) => format(new Date(Date.UTC(2024, 0, 1 + n)), { weekday: form }));

/** The days of the weeks that a month touches. */
function cells(year, month) {
  const first = new Date(Date.UTC(year, month, 1));
  const start = first.getTime() - weekday(first) * DAY_MS;
  const last = new Date(Date.UTC(year, month + 1, 0));
  const weeks = Math.ceil((weekday(first) + last.getUTCDate()) / 7);
  return Array.from({ length: weeks * 7 }, (_, n) => new Date(start + n * DAY_MS));
}

const plain = ([opens, closes]) => `${opens}–${closes}`;

function Day({ date, month, today, spans, special, chosen, onChoose }) {
  const at = stamp(date);
  const hours = spans === null ? t("open") : read(spans);
  const said = [format(date, { weekday: "long", day: "numeric", month: "long" }), special && name(special.name), hours].filter(Boolean).join(", ");
  const kind = [special && "special", spans?.length === 0 && "shut", date.getUTCMonth() !== month && "other", at === today && "today"].filter(Boolean).join(" ");
  return html`<button type="button" class="day ${kind}" aria-label=${said} aria-pressed=${at === chosen} data-day=${at} disabled=${at < today} onClick=${() => onChoose(at)}>
    <b>${date.getUTCDate()}</b>${special && html`<em>${name(special.name)}</em>`}<span>${spans === null ? t("open") : spans.length ? spans.map((span) => html`<i>${plain(span)}</i>`) : t("Day off")}</span></button>`;
}

/** `week`: seven lists of spans, or null for a store that is always open. `days`: the special days. */
export function Month({ today, week, days, chosen, onChoose }) {
  const [shown, show] = useState(() => [Number(today.slice(0, 4)), Number(today.slice(5, 7)) - 1]);
  const [year, month] = shown;
  const turn = (by) => show([year + Math.floor((month + by) / 12), (month + by + 12) % 12]);
  const isFirst = year === Number(today.slice(0, 4)) && month === Number(today.slice(5, 7)) - 1;
  const specials = new Map(days.map((day) => [day.date, day]));
  const spansOf = (date) => {
    const special = specials.get(stamp(date));
    return special ? parsed(special.hours) : (week?.[weekday(date)] ?? null);
  };
  return html`<div class="month-head"><button type="button" class="small" aria-label=${t("Month before")} disabled=${isFirst} onClick=${() => turn(-1)}>${icon("back")}</button>
      <h3 aria-live="polite">${format(new Date(Date.UTC(year, month, 1)), { year: "numeric", month: "long" })}</h3>
      <button type="button" class="small" aria-label=${t("Month after")} data-next onClick=${() => turn(1)}>${icon("arrow")}</button></div>
    <div class="month">${weekdays("short").map((word) => html`<span class="head" aria-hidden="true">${word}</span>`)}
      ${cells(year, month).map((date) => html`<${Day} key=${stamp(date)} date=${date} month=${month} today=${today} spans=${spansOf(date)} special=${specials.get(stamp(date))} chosen=${chosen} onChoose=${onChoose} />`)}</div>`;
}
