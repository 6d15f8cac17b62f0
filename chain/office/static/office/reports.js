// Owns the head office's pages of reports: figures or promises of the chain, a region or one store, and the way down.
import { get } from "/static/lobby/api.js";
import { html, render, useEffect, useState } from "/static/lobby/page.js";
import { t } from "/static/lobby/texts.js";
import { Charts, Details, Tiles, groupName } from "/static/display/reports/figures.js";
import { Busy, Empty, Exports, PaperHead, Span, Trouble, useReport } from "/static/display/reports/parts.js";
import { Head } from "./page.js";
import { Promises } from "./report-promises.js";

const FIGURES = "/api/v1/reports/figures";
const INSPECTION = "/api/v1/reports/inspection";
const GROUPS = { region: "Region", store: "Store", month: "Month", week: "Week", day: "Day", hour: "Hour", service: "Service", class: "Class" };
const PLACES = ["region", "store"];
const TIMES = ["month", "week", "day", "hour"];
const MOST_BARS = 24;
const shown = document.body.dataset.page;

const steps = (region) => (region ? region.split("/").map((_, n, parts) => parts.slice(0, n + 1).join("/")) : []);
const lastOf = (path) => path.split("/").at(-1);
const nextDay = (day, days) => new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
const endOfMonth = (month) => nextDay(`${nextDay(`${month}-01`, 31).slice(0, 7)}-01`, -1);
const hasParts = (choices, region) => choices.regions.some((one) => one.startsWith(`${region}/`));

/** What opens when a group is chosen: what is in it, one step further down; null where nothing is. */
function below({ by, group }, asked, choices) {
  if (by === "region") return { region: group, by: group !== asked.region && hasParts(choices, group) ? "region" : "store" };
  if (by === "store") return { store: group, by: shown === "figures" ? "day" : "store" };
  if (by === "month") return { from: `${group}-01`, to: endOfMonth(group), by: "day" };
  if (by === "week") return { from: group, to: nextDay(group, 6), by: "day" };
  if (by === "day") return { from: group, to: group, by: asked.store ? "hour" : "store" };
  return null;
}

/** Where one is, each step a way back, and any store or region by its name. */
function Place({ asked, ask, choices }) {
  const region = asked.store ? (choices.stores.find(({ store }) => store === asked.store)?.region ?? "") : asked.region;
  const goTo = (place) => {
    if (choices.stores.some(({ store }) => store === place)) ask({ store: place, by: shown === "figures" ? "day" : "store" });
    else if (choices.regions.includes(place)) ask({ region: place, store: "", by: hasParts(choices, place) ? "region" : "store" });
  };
  const crumbs = [{ title: t("All stores"), to: "" }, ...steps(region).map((path) => ({ title: lastOf(path), to: path }))];
  return html`<div class="where"><nav class="crumbs" aria-label=${t("Region or store")}>${crumbs.map(
    ({ title, to }) => html`<button type="button" key=${to} aria-current=${!asked.store && to === asked.region ? "page" : null} onClick=${() => ask({ region: to, store: "", by: !to || hasParts(choices, to) ? "region" : "store" })}>${title}</button>`,
  )}${asked.store ? html`<button type="button" aria-current="page">${asked.store}</button>` : null}</nav>
    <input type="search" list="places" aria-label=${t("Find a region or store")} placeholder=${t("Find a region or store")} onChange=${(event) => {
      goTo(event.target.value.trim());
      event.target.value = "";
    }} />
    <datalist id="places">${[...choices.regions, ...choices.stores.map(({ store }) => store)].map((one) => html`<option key=${one} value=${one}></option>`)}</datalist></div>`;
}

const Told = ({ data }) => (data.told < data.stores ? html`<p class="notice warn">${t("{told} of {stores} stores have told of these days; the others are not in these figures.", { told: data.told, stores: data.stores })}</p>` : null);

const Way = ({ text, go }) => html`<button type="button" class="way" onClick=${go}>${text}</button>`;

function Figures({ data, asked, ask, choices }) {
  const called = (row) => {
    const text = groupName(data.by, row.group, data.names);
    const down = below({ by: data.by, group: row.group }, asked, choices);
    return down ? html`<${Way} text=${text} go=${() => ask(down)} />` : text;
  };
  const is_cut = !TIMES.includes(data.by) && data.rows.length > MOST_BARS;
  return html`<${Tiles} total=${data.total} />
    <${Charts} data=${is_cut ? { ...data, rows: data.rows.slice(0, MOST_BARS) } : data} />
    ${is_cut ? html`<p class="lead">${t("The charts show the {n} with most customers; the table has all {all}.", { n: MOST_BARS, all: data.rows.length })}</p>` : null}
    <${Details} data=${data} called=${called} />`;
}

const VIEWS = {
  figures: { path: FIGURES, title: "Figures", spans: ["today", "week", "month", "thirty", "year"], groups: Object.keys(GROUPS), view: Figures, isEmpty: (data) => !data.total.issued },
  inspection: { path: INSPECTION, title: "Inspection report", spans: ["month", "lastMonth", "half", "lastHalf"], groups: PLACES, view: Promises, isEmpty: (data) => !data.totals.length },
};
const page = VIEWS[shown];

const placeOf = ({ store, region }) => ((text) => ({ zh: text, en: text }))(store || region || t("All stores"));

function Reports({ choices }) {
  const [asked, ask, { data, problem, busy, query }] = useReport(page.path, { region: "", store: "", by: "region" });
  const groups = page.groups.filter((by) => !asked.store || !PLACES.includes(by));
  const View = page.view;
  return html`<div class="page"><${Place} asked=${asked} ask=${ask} choices=${choices} />
    <div class="bar-top"><${Span} data=${data} ask=${ask} names=${page.spans} /><${Exports} path=${page.path} query=${query} /></div>
    ${groups.length ? html`<div class="groups seg" role="group" aria-label=${t("Group by")}>${groups.map(
      (by) => html`<button type="button" key=${by} data-by=${by} aria-pressed=${asked.by === by} onClick=${() => ask({ by })}>${t(GROUPS[by])}</button>`,
    )}</div>` : null}
    <${Trouble} problem=${problem} />
    ${data ? html`<div class="answer" aria-busy=${busy} data-by=${data.by}><${PaperHead} data=${{ ...data, store: placeOf(data) }} title=${t(page.title)} />
      <${Told} data=${data} />
      ${page.isEmpty(data) ? html`<${Empty} title=${t("No store has told of these days")} text=${t("Choose other days. A store tells of a day when it is over.")} />` : html`<${View} data=${data} asked=${asked} ask=${ask} choices=${choices} way=${Way} down=${below} />`}</div>` : problem ? null : html`<${Busy} />`}</div>`;
}

const Tabs = () => html`<nav class="tabs" aria-label=${t("Reports")}>${Object.entries(VIEWS).map(
  ([id, { title }]) => html`<a key=${id} href=${id === "figures" ? "/reports" : `/reports/${id}`} aria-current=${id === shown ? "page" : null}>${t(title)}</a>`,
)}</nav>`;

function Page() {
  const [state, set] = useState({ choices: null, problem: null });
  useEffect(() => {
    get("/api/v1/reports/choices").then((choices) => set({ choices, problem: null }), (problem) => set({ choices: null, problem }));
  }, []);
  return html`<${Head} title=${t("Reports")} here="/reports"><${Tabs} /><//>
    <main><${Trouble} problem=${state.problem} />${state.choices ? html`<${Reports} choices=${state.choices} />` : null}</main>`;
}

render(html`<${Page} />`, document.getElementById("app"));
