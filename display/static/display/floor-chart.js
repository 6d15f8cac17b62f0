// Owns the chart of the floor page: waiting, comings and calls of the day, the usual day, and the forecast; in words too.
import uPlot from "/static/vendor/uplot.js";
import { html, icon, timeOf, useEffect, useRef, wallClock } from "/static/lobby/page.js";
import { t } from "/static/lobby/texts.js";

const LEAST_S = 3600;

/** From the first moment to the last; a day that has just begun is drawn an hour long (one point alone gets years). */
const wholeHour = ({ data: [moments] }, first) => [first, Math.max(moments.at(-1) ?? first, first + LEAST_S)];

const HEIGHT = 250;
const colour = (token) => getComputedStyle(document.documentElement).getPropertyValue(token).trim();

/** The day's series over one list of moments. */
function columns({ past, usual, ahead }) {
  const moments = [...new Set([...past, ...usual, ...ahead].map(([at]) => at))].sort((a, b) => a - b);
  const of = (rows, place) => {
    const known = new Map(rows.map((row) => [row[0], row[place]]));
    return moments.map((at) => known.get(at) ?? null);
  };
  const last = past.at(-1);
  const joined = last && ahead.length ? [[last[0], last[1], last[1], last[1]], ...ahead.filter(([at]) => at > last[0])] : ahead;
  return [moments, of(past, 1), of(joined, 2), of(joined, 1), of(joined, 3), of(past, 3), of(past, 2), of(usual, 1)];
}

function options(zone, width) {
  const [brand, soft, call, line, ink] = ["--brand", "--brand-soft", "--call", "--line", "--ink-2"].map(colour);
  const whole = (_, values) => values.map((value) => (Number.isInteger(value) ? value : ""));
  const font = `13px ${colour("--font")}`;
  return {
    width, height: HEIGHT, legend: { show: false }, cursor: { show: false }, padding: [10, 24, 0, 0],
    scales: { x: { time: true, range: wholeHour }, y: { range: (_, __, most) => [0, Math.max(5, Math.ceil((most ?? 0) * 1.15))] } },
    axes: [
      { stroke: ink, font, grid: { show: false }, ticks: { show: false }, size: 34, gap: 10, space: 64, values: (_, moments) => moments.map((at) => wallClock(at * 1000, zone).time) },
      { stroke: ink, font, grid: { stroke: line, width: 1 }, ticks: { show: false }, size: 38, values: whole },
    ],
    series: [
      {},
      { stroke: brand, width: 3, fill: soft, points: { show: false } },
      { stroke: brand, width: 2, dash: [7, 5], points: { show: false } },
      { stroke: "transparent", points: { show: false } },
      { stroke: "transparent", points: { show: false } },
      { stroke: call, fill: `${call}B0`, paths: uPlot.paths.bars({ size: [0.45, 16] }), points: { show: false } },
      { stroke: ink, width: 1.5, points: { show: false } },
      { stroke: ink, width: 1.5, dash: [2, 4], points: { show: false } },
    ],
    bands: [{ series: [4, 3], fill: `${brand}1F` }],
  };
}

/** What the lines say: now, against the usual day, and what is foreseen. */
function words({ past, usual, ahead }, waiting) {
  const said = [t(waiting === 1 ? "1 person is waiting now." : "{n} people are waiting now.", { n: waiting })];
  const came = past.reduce((sum, row) => sum + row[2], 0);
  const until = past.at(-1)?.[0] ?? 0;
  const expected = Math.round(usual.filter(([at]) => at <= until).reduce((sum, row) => sum + row[1], 0));
  if (expected) said.push(t("{came} have come today, {expected} is usual by now.", { came, expected }));
  const most = ahead.reduce((best, row) => (row[2] > (best?.[2] ?? -1) ? row : best), null);
  if (most && Math.round(most[3]) === 0) said.push(t("Nobody is expected to have to wait."));
  else if (most) said.push(t("The most to come: {low}–{high} waiting at about {time}.", { low: Math.round(most[1]), high: Math.round(most[3]), time: most.time }));
  return said.join(" ");
}

function Canvas({ day, zone, label }) {
  const box = useRef(null);
  const plot = useRef(null);
  useEffect(() => {
    plot.current = new uPlot(options(zone, box.current.clientWidth), columns(day), box.current);
    const watch = new ResizeObserver(([entry]) => plot.current.setSize({ width: Math.floor(entry.contentRect.width), height: HEIGHT }));
    watch.observe(box.current);
    return () => {
      watch.disconnect();
      plot.current.destroy();
    };
  }, [zone]);
  useEffect(() => plot.current?.setData(columns(day)), [day.at]);
  return html`<div class="plot" role="img" aria-label=${label} ref=${box}></div>`;
}

const LEGEND = [["waiting", () => t("waiting")], ["ahead", () => t("forecast, four of five cases")], ["called", () => t("calls")], ["came", () => t("arrivals")], ["usual", () => t("usual arrivals")]];

const Legend = () => html`<ul class="legend" aria-hidden="true">${LEGEND.map(([key, word]) => html`<li><i class=${key}></i>${word()}</li>`)}</ul>`;

const Soon = () => html`<p class="calm">${icon("clock")}<span><b>${t("The day's course comes in a moment")}</b>${t("It is computed once a minute.")}</span></p>`;

export function Chart({ day, waiting, zone }) {
  const timed = day && { ...day, ahead: day.ahead.map((row) => Object.assign([...row], { time: wallClock(row[0] * 1000, zone).time })) };
  const label = timed ? words(timed, waiting.people) : "";
  return html`<section class="p chart" aria-labelledby="chart"><h2 id="chart">${t("Waiting, arrivals and calls")} <span>${t("every 10 minutes")}</span></h2>
    ${timed ? html`<div><${Legend} /><${Canvas} day=${timed} zone=${zone} label=${label} /><p class="words">${label} <span>${t("As of {time}", { time: timeOf(day.at) })}</span></p></div>` : html`<${Soon} />`}</section>`;
}
