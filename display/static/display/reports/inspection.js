// Owns the inspection report: promises to VIPs and appointments by tier and month, misses with their causes.
import { html, icon, timeOf } from "/static/lobby/page.js";
import { name, t } from "/static/lobby/texts.js";
import { Chart } from "./chart.js";
import { Busy, dayName, duration, Empty, Exports, monthName, PaperHead, percent, Span, Table, Tile, Trouble, useReport } from "./parts.js";

const PATH = "/api/v1/reports/inspection";
export const CAUSES = {
  stepped_back: "The customer let others pass",
  no_counter: "No counter open that may serve",
  called_late: "Called late though a counter was free",
  reserved: "The free counter was kept for VIPs",
  others_first: "Customers without a promise were called first",
  paused: "A counter paused",
  demand: "More demand than counters",
};
const COLOURS = ["brand", "gold-line", "line-strong", "call", "ok"];
const GOOD = 95;

const kindName = (row, names) => (row.class === "appointment" ? t("Appointments") : row.tier ? name(names.tier[row.tier]) || row.tier : t("VIP"));
const isKind = (one, other) => one.class === other.class && one.tier === other.tier;

export const Tiles = ({ data }) => html`<section class="kpi" aria-label=${t("Promises kept")}>${data.totals
  .filter(({ came }) => came)
  .map(
    (row) => html`<${Tile} key=${row.tier ?? row.class} id=${row.tier ?? row.class} label=${row.class === "vip" ? t("{tier} within 10 min", { tier: kindName(row, data.names) }) : t("Appointments on time")}
      value=${row.kept_percent} unit="%" tone=${row.kept_percent === null ? "" : row.kept_percent < GOOD ? "bad" : "good"} below=${t("Kept {kept} · missed {missed}", { kept: row.kept, missed: row.missed })} />`,
  )}</section>`;

export function Months({ data }) {
  const months = [...new Set(data.months.map(({ month }) => month))];
  const kinds = data.totals.filter(({ promised }) => promised);
  if (months.length < 2 || !kinds.length) return null;
  const shares = kinds.map((kind) => months.map((month) => data.months.find((row) => row.month === month && isKind(row, kind))?.kept_percent ?? null));
  const lowest = Math.min(GOOD, ...shares.flat().filter((share) => share !== null));
  return html`<${Chart} title=${t("Kept by month, %")} labels=${months.map(monthName)} unit="%" least=${Math.max(0, Math.floor(lowest / 5) * 5)}
    said=${t("Lowest month: {share} %. The table says all.", { share: lowest })}
    series=${kinds.map((kind, n) => ({ label: kindName(kind, data.names), colour: COLOURS[n % COLOURS.length], shape: "line", values: shares[n] }))} />`;
}

export const Causes = ({ causes }) => html`<section class="p"><h2>${t("Why promises were missed")}</h2>
  ${causes.length ? html`<ul class="causes">${causes.map(
    ({ cause, misses }) => html`<li key=${cause} data-cause=${cause}><span>${t(CAUSES[cause])}</span><b>${misses}</b><i style=${`--share:${(100 * misses) / causes[0].misses}%`}></i></li>`,
  )}</ul>` : html`<p class="notice ok">${icon("check")} ${t("Every promise of these days was kept.")}</p>`}</section>`;

export const byMonth = (data) => [
  { key: "month", title: t("Month"), of: (row) => monthName(row.month) },
  { key: "kind", title: t("Tier"), of: (row) => kindName(row, data.names) },
  { key: "came", title: t("Came"), of: (row) => row.came },
  { key: "promised", title: t("Promises due"), of: (row) => row.promised },
  { key: "kept", title: t("Kept"), of: (row) => row.kept },
  { key: "missed", title: t("Promise missed"), of: (row) => row.missed },
  { key: "percent", title: t("Kept, %"), of: (row) => percent(row.kept_percent) },
  { key: "left", title: t("Left before it was due"), of: (row) => row.left_before },
  { key: "mean", title: t("Mean wait"), of: (row) => duration(row.wait_mean_s) },
  { key: "max", title: t("Longest"), of: (row) => duration(row.wait_max_s) },
];

export const misses = (data) => [
  { key: "number", title: t("Ticket"), of: (row) => row.number },
  { key: "day", title: t("Day"), of: (row) => dayName(row.day) },
  { key: "since", title: t("Waiting since"), of: (row) => timeOf(row.since) },
  { key: "kind", title: t("Tier"), of: (row) => kindName(row, data.names) },
  { key: "service", title: t("Service"), of: (row) => name(data.names.service[row.service]) || row.service },
  { key: "waited", title: t("Waited"), of: (row) => duration(row.waited_s) ?? t("never called") },
  { key: "limit", title: t("Promised"), of: (row) => duration(row.limit_s) },
  { key: "counter", title: t("Counter"), of: (row) => row.counter },
  { key: "cause", title: t("Cause"), of: (row) => t(CAUSES[row.cause]) },
];

export const bookings = () => [
  { key: "month", title: t("Month"), of: (row) => monthName(row.month) },
  { key: "booked", title: t("Booked"), of: (row) => row.booked },
  { key: "completed", title: t("Kept by the customer"), of: (row) => row.completed },
  { key: "no_show", title: t("Did not come"), of: (row) => row.no_show },
  { key: "cancelled", title: t("Cancelled"), of: (row) => row.cancelled },
];

const Report = ({ data }) => html`<${Tiles} data=${data} />
  <div class="g"><${Months} data=${data} /><${Causes} causes=${data.causes} /></div>
  <section class="p"><h2>${t("By month")}</h2><${Table} id="months" caption=${t("By month")} columns=${byMonth(data)} rows=${data.months} /></section>
  ${data.misses.length ? html`<section class="p"><h2>${t("Misses")} <span>${t("{n} in all", { n: data.misses.length })}</span></h2><${Table} is_long id="misses" caption=${t("Misses")} columns=${misses(data)} rows=${data.misses} /></section>` : null}
  ${data.bookings.length ? html`<section class="p"><h2>${t("Bookings")}</h2><${Table} id="bookings" caption=${t("Bookings")} columns=${bookings()} rows=${data.bookings} /></section>` : null}
  <p class="paper-only sign"><span>${t("Checked by")}</span><span>${t("Date")}</span></p>`;

export function Inspection() {
  const [, ask, { data, problem, busy, query }] = useReport(PATH, {});
  const is_empty = data && !data.totals.some(({ came }) => came);
  return html`<div class="page"><div class="bar-top"><${Span} data=${data} ask=${ask} names=${["month", "lastMonth", "half", "lastHalf"]} /><${Exports} path=${PATH} query=${query} /></div>
    <${Trouble} problem=${problem} />
    ${data ? html`<div class="answer" aria-busy=${busy} data-from=${data.from}><${PaperHead} data=${data} title=${t("Inspection report")} />
      ${is_empty ? html`<${Empty} title=${t("No VIP and no appointment on these days")} text=${t("Choose other days. The report begins with the first VIP or appointment.")} />` : html`<${Report} data=${data} />`}</div>` : problem ? null : html`<${Busy} />`}</div>`;
}
