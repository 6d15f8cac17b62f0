// Owns the inspection report of a chain: promises kept by region or store and by month, the newest misses, bookings.
import { html } from "/static/lobby/page.js";
import { t } from "/static/lobby/texts.js";
import { CAUSES, Causes, Months, Tiles, bookings, byMonth, misses } from "/static/display/reports/inspection.js";
import { Table, count, percent } from "/static/display/reports/parts.js";

const kept = (kind) => (row) => (row[kind].promised ? percent(row[kind].kept_percent) : null);

const places = (data, called) => [
  { key: "group", title: data.by === "store" ? t("Store") : t("Region"), of: called },
  { key: "promised", title: t("Promises due"), of: (row) => count(row.vip.promised + row.appointment.promised) },
  { key: "vip", title: t("VIPs in 10 min"), of: kept("vip") },
  { key: "vip_missed", title: t("VIPs late"), of: (row) => count(row.vip.missed) },
  { key: "appointment", title: t("Appointments kept"), of: kept("appointment") },
  { key: "appointment_missed", title: t("Appointments late"), of: (row) => count(row.appointment.missed) },
  { key: "cause", title: t("Most frequent cause"), of: (row) => (row.cause ? t(CAUSES[row.cause]) : null) },
];

const ofStore = (data) => {
  const [number, day, ...others] = misses(data);
  return [number, day, { key: "store", title: t("Store"), of: (row) => row.store }, ...others];
};

export function Promises({ data, asked, ask, choices, way: Way, down }) {
  const called = (row) => {
    const text = row.group || t("No region");
    return asked.store ? text : html`<${Way} text=${text} go=${() => ask(down({ by: data.by, group: row.group }, asked, choices))} />`;
  };
  const listed = data.misses.length;
  return html`<${Tiles} data=${data} />
    <div class="g"><${Months} data=${data} /><${Causes} causes=${data.causes} /></div>
    ${asked.store ? null : html`<section class="p"><h2>${data.by === "store" ? t("By store") : t("By region")}</h2><${Table} is_long id="places-table" caption=${data.by === "store" ? t("By store") : t("By region")} columns=${places(data, called)} rows=${data.rows} /></section>`}
    <section class="p"><h2>${t("By month")}</h2><${Table} id="months" caption=${t("By month")} columns=${byMonth(data)} rows=${data.months} /></section>
    ${listed ? html`<section class="p"><h2>${t("Misses")} <span>${listed < data.missed ? t("the newest {n} of {all}", { n: count(listed), all: count(data.missed) }) : t("{n} in all", { n: count(listed) })}</span></h2><${Table} is_long id="misses" caption=${t("Misses")} columns=${ofStore(data)} rows=${data.misses} /></section>` : null}
    ${data.bookings.length ? html`<section class="p"><h2>${t("Bookings")}</h2><${Table} id="bookings" caption=${t("Bookings")} columns=${bookings()} rows=${data.bookings} /></section>` : null}
    <p class="paper-only sign"><span>${t("Checked by")}</span><span>${t("Date")}</span></p>`;
}
