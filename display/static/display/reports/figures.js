// Owns figures: a span of days, grouped, as tiles, charts and tables; and a store's page of them.
import { html, useState } from "/static/lobby/page.js";
import { name, t } from "/static/lobby/texts.js";
import { Chart } from "./chart.js";
import { Busy, count, dayName, duration, Empty, Exports, hours, monthName, PaperHead, percent, shortDay, signed, Span, Table, Tile, Trouble, useReport, whole } from "./parts.js";

const PATH = "/api/v1/reports/figures";
const GROUPS = { day: "Day", week: "Week", month: "Month", hour: "Hour", service: "Service", counter: "Counter", staff: "Staff member", class: "Class", tier: "Tier" };
const TITLES = { ...GROUPS, region: "Region", store: "Store" };
const CLASSES = { vip: "VIP", appointment: "Appointment", ordinary: "Ordinary" };

/** What a group is called, in a table or (short) below a chart. */
export function groupName(by, group, names, { short = false } = {}) {
  if (by === "day") return short ? shortDay(group) : dayName(group);
  if (by === "week") return short ? shortDay(group) : t("from {day}", { day: dayName(group) });
  if (by === "month") return monthName(group);
  if (by === "hour") return `${String(group).padStart(2, "0")}:00`;
  if (by === "counter") return t("Counter {n}", { n: group });
  if (by === "class") return t(CLASSES[group]);
  if (by === "region") return (short ? group.split("/").at(-1) : group) || t("No region");
  return names[by] ? name(names[by][group]) || group : group;
}

const plain = (key) => ({ of: (row) => row[key] });
const as = (key, show) => ({ of: (row) => show(row[key]) });

const VIEWS = {
  waits: { title: "Waits", columns: () => [
    { key: "issued", title: t("Customers"), ...as("issued", count) }, { key: "expected", title: t("Foreseen"), ...as("expected", whole) }, { key: "served", title: t("Served"), ...as("served", count) },
    { key: "mean", title: t("Mean wait"), ...as("wait_mean_s", duration) }, { key: "p50", title: t("Half at most"), ...as("wait_p50_s", duration) },
    { key: "p90", title: t("90 % within"), ...as("wait_p90_s", duration) }, { key: "p95", title: t("95 % within"), ...as("wait_p95_s", duration) }, { key: "max", title: t("Longest"), ...as("wait_max_s", duration) },
  ] },
  promises: { title: "Promises", columns: () => [
    { key: "vip", title: t("VIPs in 10 min"), ...as("vip_percent", percent) }, { key: "vip_missed", title: t("VIPs late"), ...plain("vip_missed") },
    { key: "appointment", title: t("Appointments kept"), ...as("appointment_percent", percent) }, { key: "appointment_missed", title: t("Appointments late"), ...plain("appointment_missed") },
    { key: "overtakes", title: t("Overtaken, mean"), ...plain("overtakes_mean") }, { key: "overtakes_max", title: t("Overtaken, most"), ...plain("overtakes_max") }, { key: "run", title: t("Longest run of overtakes"), ...plain("longest_run") },
  ] },
  counters: { title: "Counters", columns: () => [
    { key: "handling", title: t("Mean service"), ...as("handling_mean_s", duration) }, { key: "walk", title: t("Mean walk"), ...as("walk_mean_s", duration) },
    { key: "use", title: t("Utilisation"), ...as("utilisation_percent", percent) }, { key: "open", title: t("Open, h"), ...as("open_s", hours) }, { key: "paused", title: t("Paused, h"), ...as("paused_s", hours) },
    { key: "there", title: t("Counters there"), ...plain("counters_open") }, { key: "needed", title: t("Counters needed"), ...plain("counters_needed") },
  ] },
  leaving: { title: "Leaving", columns: () => [
    { key: "gave_up", title: t("Gave up"), ...plain("abandoned") }, { key: "gave_up_percent", title: t("Gave up, %"), ...as("abandoned_percent", percent) }, { key: "before", title: t("Wait before it"), ...as("abandoned_wait_s", duration) },
    { key: "no_show", title: t("No-shows"), ...plain("no_show") }, { key: "no_show_percent", title: t("No-shows, %"), ...as("no_show_percent", percent) }, { key: "expired", title: t("Never called"), ...plain("expired") },
  ] },
  said: { title: "Forecast and ratings", columns: () => [
    { key: "quotes", title: t("Waits told"), ...plain("quotes") }, { key: "error", title: t("Mean error"), ...as("quote_error_s", duration) }, { key: "bias", title: t("Told too long (+)"), ...as("quote_bias_s", signed) },
    { key: "covered", title: t("Inside the range"), ...as("quote_covered_percent", percent) }, { key: "ratings", title: t("Ratings"), ...plain("ratings") }, { key: "rating", title: t("Mean rating, of 5"), ...plain("rating_mean") },
  ] },
};

const tone = (share, aim) => (share === null ? "" : share < aim ? "bad" : "good");

export const Tiles = ({ total }) => html`<section class="kpi" aria-label=${t("Figures")}>
  <${Tile} id="issued" label=${t("Customers")} value=${count(total.issued)} below=${(total.expected ?? null) === null ? t("served {n}", { n: count(total.served) }) : t("served {n} · expected {expected}", { n: count(total.served), expected: count(Math.round(total.expected)) })} />
  <${Tile} id="wait" label=${t("Mean wait")} value=${duration(total.wait_mean_s)} below=${t("90 % waited at most {time}", { time: duration(total.wait_p90_s) ?? "–" })} />
  <${Tile} id="vip" label=${t("VIPs in 10 min")} value=${total.vip_percent} unit="%" tone=${tone(total.vip_percent, 95)} below=${t("Kept {kept} · missed {missed}", { kept: total.vip_kept, missed: total.vip_missed })} />
  <${Tile} id="appointment" label=${t("Appointments kept")} value=${total.appointment_percent} unit="%" tone=${tone(total.appointment_percent, 95)} below=${t("Kept {kept} · missed {missed}", { kept: total.appointment_kept, missed: total.appointment_missed })} />
  <${Tile} id="abandoned" label=${t("Gave up")} value=${total.abandoned_percent} unit="%" below=${t("after {time} on average", { time: duration(total.abandoned_wait_s) ?? "–" })} />
  <${Tile} id="use" label=${t("Utilisation")} value=${total.utilisation_percent} unit="%" below=${t("{there} counters there, {needed} needed", { there: total.counters_open ?? "–", needed: total.counters_needed ?? "–" })} />
</section>`;

const minutes = (seconds) => (seconds === null ? null : Math.round(seconds / 6) / 10);

export function Charts({ data }) {
  const labels = data.rows.map(({ group }) => groupName(data.by, group, data.names, { short: true }));
  const values = (key, show = (value) => value) => data.rows.map((row) => show(row[key] ?? null));
  const expected = values("expected");
  const is_expected = expected.some((value) => value !== null);
  const most = data.rows.reduce((best, row) => (row.issued > best.issued ? row : best), data.rows[0]);
  const longest = data.rows.reduce((best, row) => ((row.wait_mean_s ?? 0) > (best.wait_mean_s ?? 0) ? row : best), data.rows[0]);
  const call = (row) => groupName(data.by, row.group, data.names);
  return html`<div class="g">
    <${Chart} title=${t("Customers")} labels=${labels} said=${t("Most customers: {group}, {n}. The table below says all.", { group: call(most), n: most.issued })}
      series=${[{ label: t("Customers"), colour: "brand", shape: "bars", values: values("issued") }, ...(is_expected ? [{ label: t("Foreseen"), colour: "call", shape: "dashes", values: expected }] : [])]} />
    <${Chart} title=${t("Waits, minutes")} labels=${labels} said=${t("Longest mean wait: {group}, {time}. The table below says all.", { group: call(longest), time: duration(longest.wait_mean_s) ?? "–" })}
      series=${[{ label: t("Mean wait"), colour: "brand", shape: "bars", values: values("wait_mean_s", minutes) }, { label: t("90 % within"), colour: "call", shape: data.by in TIMES ? "line" : "dots", values: values("wait_p90_s", minutes) }]} />
  </div>`;
}
const TIMES = { day: 1, week: 1, month: 1, hour: 1 };

/** `called`: a group as the table names it; else in words alone. */
export function Details({ data, called = (row) => groupName(data.by, row.group, data.names) }) {
  const [view, show] = useState("waits");
  const columns = [{ key: "group", title: t(TITLES[data.by]), of: (row) => (row.is_total ? t("All together") : called(row)) }, ...VIEWS[view].columns()];
  const known = columns.filter(({ key, of }) => key === "group" || [data.total, ...data.rows].some((row) => (of(row) ?? null) !== null));
  return html`<section class="p"><div class="head"><h2>${t(VIEWS[view].title)}</h2><div class="seg" role="group" aria-label=${t("Table")}>${Object.entries(VIEWS).map(
    ([id, { title }]) => html`<button type="button" key=${id} aria-pressed=${id === view} onClick=${() => show(id)}>${t(title)}</button>`,
  )}</div></div>
  <${Table} is_long id="figures" caption=${t(VIEWS[view].title)} columns=${known} rows=${[{ ...data.total, is_total: true }, ...data.rows]} /></section>`;
}

export function Figures() {
  const [asked, ask, { data, problem, busy, query }] = useReport(PATH, { by: "day" });
  return html`<div class="page"><div class="bar-top"><${Span} data=${data} ask=${ask} names=${["today", "week", "month", "thirty", "year"]} /><${Exports} path=${PATH} query=${query} /></div>
    <div class="groups seg" role="group" aria-label=${t("Group by")}>${Object.entries(GROUPS).map(
      ([by, title]) => html`<button type="button" key=${by} data-by=${by} aria-pressed=${asked.by === by} onClick=${() => ask({ by })}>${t(title)}</button>`,
    )}</div>
    <${Trouble} problem=${problem} />
    ${data ? html`<div class="answer" aria-busy=${busy} data-by=${data.by}><${PaperHead} data=${data} title=${t("Figures")} />
      ${data.days ? html`<${Tiles} total=${data.total} /><${Charts} data=${data} /><${Details} data=${data} />` : html`<${Empty} title=${t("Nobody came on these days")} text=${t("Choose other days. Figures appear with the first customer.")} />`}</div>` : problem ? null : html`<${Busy} />`}</div>`;
}
