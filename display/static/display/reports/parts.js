// Owns what the pages of reports share: asking for a span of days, tiles, tables, values as people read them.
import { get } from "/static/lobby/api.js";
import { html, icon, running, useEffect, useState } from "/static/lobby/page.js";
import { lang, name, t } from "/static/lobby/texts.js";

const DAY_MS = 86_400_000;
const dayOf = (iso) => new Date(`${iso}T00:00:00Z`);
const iso = (date) => date.toISOString().slice(0, 10);
const plus = (day, days) => iso(new Date(dayOf(day).getTime() + days * DAY_MS));
const format = (day, options) => new Intl.DateTimeFormat(lang() === "en" ? "en-GB" : "zh-CN", { timeZone: "UTC", ...options }).format(dayOf(day));

/** "11月21日 周六" or "Sat 21 Nov". */
export function dayName(day) {
  const parts = [format(day, { month: "short", day: "numeric" }), format(day, { weekday: "short" })];
  return (lang() === "en" ? parts.reverse() : parts).join(" ");
}
export const shortDay = (day) => format(day, { month: "numeric", day: "numeric" });
export const monthName = (month) => format(`${month}-01`, { year: "numeric", month: "short" });

const monday = (day) => plus(day, -((dayOf(day).getUTCDay() + 6) % 7));
const firstOfMonth = (day) => `${day.slice(0, 7)}-01`;
const halfYear = (day) => `${day.slice(0, 4)}-${Number(day.slice(5, 7)) > 6 ? "07" : "01"}-01`;

/** Spans of days to choose from, by name. */
export const SPANS = {
  today: (today) => ({ from: today, to: today }),
  week: (today) => ({ from: monday(today), to: today }),
  month: (today) => ({ from: firstOfMonth(today), to: today }),
  thirty: (today) => ({ from: plus(today, -29), to: today }),
  year: (today) => ({ from: plus(today, -364), to: today }),
  lastMonth: (today) => ({ from: firstOfMonth(plus(firstOfMonth(today), -1)), to: plus(firstOfMonth(today), -1) }),
  half: (today) => ({ from: halfYear(today), to: today }),
  lastHalf: (today) => ({ from: halfYear(plus(halfYear(today), -1)), to: plus(halfYear(today), -1) }),
};
const SPAN_NAMES = {
  today: "Today",
  week: "This week",
  month: "This month",
  thirty: "30 days",
  year: "A year",
  lastMonth: "Last month",
  half: "This half-year",
  lastHalf: "Last half-year",
};

/** The answer to a question that the page's address keeps: [asked, ask, {data, problem, busy}]. */
export function useReport(path, begin) {
  const [asked, setAsked] = useState(() => ({ ...begin, ...Object.fromEntries(new URLSearchParams(location.search)) }));
  const [state, set] = useState({ data: null, problem: null, busy: true });
  const query = new URLSearchParams(asked).toString();
  useEffect(() => {
    let is_wanted = true;
    set((before) => ({ ...before, busy: true }));
    get(`${path}?${query}`).then(
      (data) => is_wanted && set({ data, problem: null, busy: false }),
      (problem) => is_wanted && set((before) => ({ ...before, problem, busy: false })),
    );
    history.replaceState(null, "", query ? `?${query}` : location.pathname);
    return () => (is_wanted = false);
  }, [query]);
  return [asked, (change) => setAsked({ ...asked, ...change }), { ...state, query }];
}

const isSame = (span, data) => data && span.from === data.from && span.to === data.to;

/** Choose a span by its name or by its first and last day. */
export function Span({ data, names, ask }) {
  if (!data) return null;
  return html`<div class="span">
    <div class="seg" role="group" aria-label=${t("Span of days")}>${names.map((one) => {
      const span = SPANS[one](data.today);
      return html`<button type="button" key=${one} aria-pressed=${isSame(span, data)} onClick=${() => ask(span)}>${t(SPAN_NAMES[one])}</button>`;
    })}</div>
    <div class="dates"><label>${t("From")} <input type="date" name="from" value=${data.from} max=${data.to} onChange=${(event) => event.target.value && ask({ from: event.target.value, to: data.to })} /></label>
    <label>${t("To")} <input type="date" name="to" value=${data.to} min=${data.from} onChange=${(event) => event.target.value && ask({ from: data.from, to: event.target.value })} /></label></div>
  </div>`;
}

/** The same report for office programs and on paper. */
export const Exports = ({ path, query }) => html`<div class="exports">
  <a class="link" href=${`${path}.xlsx?${query}&lang=${lang()}`} download>${icon("note")} Excel</a>
  <a class="link" href=${`${path}.csv?${query}&lang=${lang()}`} download>${icon("note")} CSV</a>
  <button type="button" class="link" onClick=${() => print()}>${icon("printer")} ${t("Print")}</button>
</div>`;

export const Trouble = ({ problem }) => (problem ? html`<p class="notice bad" role="alert">${icon("warning")} ${problem.detail || t("No connection to the server. Trying again…")}</p>` : null);

export const Busy = () => html`<p class="notice" role="status">${icon("clock")} ${t("Counting…")}</p>`;

export const Empty = ({ title, text }) => html`<div class="empty">${icon("calendar")}<div><b>${title}</b><p>${text}</p></div></div>`;

export const Tile = ({ id, label, value, unit, below, tone = "" }) => html`<div class=${`k ${tone}`} data-figure=${id}>
  <span>${label}</span><b>${value ?? "–"}${unit && value !== null ? html`<small>${unit}</small>` : null}</b><em>${below}</em>
</div>`;

/** Which days a printed report is about, and where. */
export const PaperHead = ({ data, title }) => html`<p class="paper-only"><b>${name(data.store)} · ${title}</b> ${data.from} – ${data.to}</p>`;

/** A table; `columns`: [{key, title, of(row)}], the first one names the row. */
export const Table = ({ caption, columns, rows, id, is_long }) => html`<div ...${is_long ? { class: "scroll", role: "region", "aria-label": caption, tabindex: 0 } : {}}><table id=${id}>
  <thead><tr>${columns.map(({ key, title }) => html`<th key=${key} scope="col">${title}</th>`)}</tr></thead>
  <tbody>${rows.map(
    (row, place) => html`<tr key=${place} class=${row.is_total ? "total" : null}>${columns.map(({ key, of }, n) => (n ? html`<td key=${key}>${of(row) ?? "–"}</td>` : html`<th key=${key} scope="row">${of(row) ?? "–"}</th>`))}</tr>`,
  )}</tbody>
</table></div>`;

export const duration = (seconds) => (seconds === null || seconds === undefined ? null : running(seconds));
export const count = (number) => number?.toLocaleString("en-US") ?? null;
export const whole = (number) => (number === null || number === undefined ? null : count(Math.round(number)));
export const percent = (share) => (share === null || share === undefined ? null : `${share}\u00a0%`);
export const hours = (seconds) => (seconds === null || seconds === undefined ? null : (seconds / 3600).toFixed(1));
export const signed = (seconds) => (seconds === null || seconds === undefined ? null : `${seconds < 0 ? "−" : "+"}${running(Math.abs(seconds))}`);
