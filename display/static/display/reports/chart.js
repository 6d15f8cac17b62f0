// Owns charts: uPlot on this page's colours. Every chart stands beside a table that says the same.
import uPlot from "/static/vendor/uplot.js";
import { html, useEffect, useRef } from "/static/lobby/page.js";

const HEIGHT = 230;
const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
const font = () => `13px ${token("font")}`;

const SHAPES = {
  bars: (colour) => ({ stroke: colour, fill: colour, width: 0, paths: uPlot.paths.bars({ size: [0.62, 48], radius: 0.15 }), points: { show: false } }),
  line: (colour, count) => ({ stroke: colour, width: 3, points: { show: count < 40, size: 7, fill: colour } }),
  dashes: (colour, count) => ({ stroke: colour, width: 2, dash: [6, 5], points: { show: count < 2, size: 7, fill: colour } }),
  dots: (colour) => ({ stroke: colour, width: 0, paths: () => null, points: { show: true, size: 11, fill: colour } }),
  steps: (colour) => ({ stroke: colour, width: 3, paths: uPlot.paths.stepped({ align: 1 }), points: { show: false } }),
};

/** Room for the words below the axis: every label where they fit, else some. */
const space = (labels) => Math.max(44, 9 * Math.max(...labels.map((label) => [...label].reduce((width, sign) => width + (sign.charCodeAt(0) > 255 ? 1.7 : 1), 0))) + 12);

function options({ labels, series, width, unit, least }) {
  const ink = token("ink-2");
  const axis = { stroke: ink, font: font(), ticks: { show: false } };
  return {
    width,
    height: HEIGHT,
    padding: [14, 10, 0, 0],
    legend: { show: false },
    cursor: { show: false },
    scales: { x: { time: false, range: [-0.6, labels.length - 0.4] }, y: { range: (_, low, high) => [Math.min(least ?? 0, low ?? 0), Math.max(high ?? 1, (least ?? 0) + 1) * (least ? 1 : 1.08)] } },
    axes: [
      { ...axis, grid: { show: false }, size: 34, gap: 8, space: space(labels), incrs: [1, 2, 3, 5, 7, 10, 14, 30, 60, 90, 120], values: (_, splits) => splits.map((n) => labels[n] ?? "") },
      { ...axis, grid: { stroke: token("line"), width: 1 }, size: 48, values: (_, splits) => splits.map((value) => `${value}${unit}`) },
    ],
    series: [{}, ...series.map(({ shape, colour }) => SHAPES[shape](token(colour), labels.length))],
  };
}

const Legend = ({ series }) => html`<ul class="legend">${series.map(({ label, colour, shape }) => html`<li key=${label}><i class=${shape} style=${`--c:var(--${colour})`}></i>${label}</li>`)}</ul>`;

/** `series`: [{label, colour (a token), shape, values}]; `labels` below the axis; `said`: the chart in a sentence. */
export function Chart({ title, said, labels, series, unit = "", least }) {
  const at = useRef();
  const key = JSON.stringify([labels, series.map(({ label, values }) => [label, values])]);
  useEffect(() => {
    const data = [labels.map((_, n) => n), ...series.map(({ values }) => values)];
    let chart = null;
    const draw = () => {
      chart?.destroy();
      chart = new uPlot(options({ labels, series, unit, least, width: at.current.clientWidth }), data, at.current);
    };
    let width = 0;
    const watch = new ResizeObserver(() => {
      if (at.current && at.current.clientWidth !== width) {
        width = at.current.clientWidth;
        draw();
      }
    });
    watch.observe(at.current);
    return () => {
      watch.disconnect();
      chart?.destroy();
    };
  }, [key]);
  return html`<section class="p chart"><h2>${title}</h2><${Legend} series=${series} /><div class="plot" role="img" aria-label=${said} ref=${at}></div></section>`;
}
