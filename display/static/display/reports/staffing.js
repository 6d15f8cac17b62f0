// Owns the staffing page: the days to come, whom to expect and how many counters keep the promises.
import { html, icon, useEffect, useState } from "/static/lobby/page.js";
import { t } from "/static/lobby/texts.js";
import { Chart } from "./chart.js";
import { Busy, dayName, Empty, percent, Table, Trouble } from "./parts.js";
import { Failed, Progress, useStudy } from "./study.js";

const WEEKS_OF_DAYS = 21;
const HALF_HOUR = 0.5;
const most = (half_hours) => Math.max(0, ...half_hours.map(({ counters }) => counters));
const sum = (half_hours, key) => half_hours.reduce((total, half) => total + half[key], 0);

const DayCard = ({ one, is_chosen, choose }) => {
  const halves = one.plan?.half_hours ?? [];
  return html`<button type="button" class="day" data-day=${one.day} aria-pressed=${is_chosen} onClick=${choose}>
    <b>${dayName(one.day)}</b>
    ${halves.length ? html`<strong>${t("{n} counters at most", { n: most(halves) })}</strong><span>${t("{n} customers", { n: Math.round(sum(halves, "expected")) })} · ${t("{n} h at counters", { n: (sum(halves, "counters") * HALF_HOUR).toFixed(1) })}</span>` : html`<strong>${one.plan ? t("Nobody expected") : t("Store closed")}</strong>`}
    ${one.booked ? html`<em>${t("{n} booked", { n: one.booked })}</em>` : null}
    ${one.plan && !one.plan.is_enough ? html`<em class="late">${icon("warning")} ${t("not enough")}</em>` : null}
  </button>`;
};

const columns = () => [
  { key: "from", title: t("From"), of: (row) => row.from },
  { key: "expected", title: t("Customers"), of: (row) => row.expected },
  { key: "counters", title: t("Counters"), of: (row) => row.counters },
  { key: "kept", title: t("Promises kept"), of: (row) => percent(row.kept_percent) },
  { key: "ordinary", title: t("Ordinary in 20 min"), of: (row) => percent(row.ordinary_percent) },
];

function Day({ one }) {
  const halves = one.plan?.half_hours ?? [];
  if (!halves.length) return html`<${Empty} title=${dayName(one.day)} text=${t(one.plan ? "On this weekday nobody came in the past four weeks." : "The store is closed on this day.")} />`;
  const labels = halves.map(({ from }) => from);
  const busiest = halves.reduce((best, half) => (half.counters > best.counters ? half : best));
  return html`${one.plan.is_enough ? null : html`<p class="notice bad">${icon("warning")} ${t("Even with every counter open the aim is missed in some half hours. Move appointments or ask for help from another store.")}</p>`}
    <div class="g">
      <${Chart} title=${t("Counters needed")} labels=${labels} said=${t("Most counters: {n} from {time} on. The table below says all.", { n: busiest.counters, time: busiest.from })} series=${[{ label: t("Counters needed"), colour: "brand", shape: "bars", values: halves.map(({ counters }) => counters) }]} />
      <${Chart} title=${t("Expected customers per half hour")} labels=${labels} said=${t("{n} customers are expected in all. The table below says all.", { n: Math.round(sum(halves, "expected")) })} series=${[{ label: t("Expected customers"), colour: "call", shape: "bars", values: halves.map(({ expected }) => expected) }]} />
    </div>
    <section class="p"><h2>${dayName(one.day)} <span>${t("open in this order: {counters}", { counters: one.plan.counters.join(" · ") })}</span></h2><${Table} id="halves" caption=${t("Counters needed")} columns=${columns()} rows=${halves} /></section>`;
}

export function Staffing() {
  const { data, problem, start } = useStudy("/api/v1/reports/staffing", "", {});
  const [day, choose] = useState(null);
  const is_wanted = data && !data.is_fresh && !data.running && !data.failed && data.taught_by_days > 0;
  useEffect(() => {
    if (is_wanted && !problem) start();
  }, [is_wanted]);
  if (!data) return html`<${Trouble} problem=${problem} />${problem ? null : html`<${Busy} />`}`;
  if (!data.taught_by_days) return html`<${Empty} title=${t("Nothing to learn from yet")} text=${t("Plans are made from the days of the past four weeks. Come back after the first business day.")} />`;
  const one = data.days.find((known) => known.day === day) ?? data.days[0];
  return html`<div class="answer"><p class="lead">${t("As many counters as keep 19 of 20 promises and call four of five ordinary customers within 20 minutes, tried out with your calling rule on simulated days.")}
      ${data.taught_by_days < WEEKS_OF_DAYS ? html` <b>${t("Learnt from {n} days only: take it as a hint.", { n: data.taught_by_days })}</b>` : ` ${t("Learnt from {n} days.", { n: data.taught_by_days })}`}</p>
    <${Trouble} problem=${problem} /><${Failed} failed=${data.failed} />
    <${Progress} running=${data.running} words=${t("Planning the next seven days…")} />
    ${data.days.length ? html`<section class="days" aria-label=${t("Days to come")}>${data.days.map((known) => html`<${DayCard} key=${known.day} one=${known} is_chosen=${known === one} choose=${() => choose(known.day)} />`)}</section><${Day} key=${one.day} one=${one} />` : null}
    ${data.running ? null : html`<button type="button" class="go" onClick=${start}>${t("Plan anew")}</button>`}</div>`;
}
