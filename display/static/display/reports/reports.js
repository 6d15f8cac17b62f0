// Owns the pages of reports: their common head, and which of them is shown.
import { html, render } from "/static/lobby/page.js";
import { keepLang, lang, t } from "/static/lobby/texts.js";
import { Figures } from "./figures.js";
import { Inspection } from "./inspection.js";
import { Replay } from "./replay.js";
import { Staffing } from "./staffing.js";

const root = document.getElementById("app");
const shown = document.body.dataset.page;
const PAGES = [
  { id: "figures", path: "/reports", title: "Figures", view: Figures },
  { id: "inspection", path: "/reports/inspection", title: "Inspection report", view: Inspection },
  { id: "staffing", path: "/reports/staffing", title: "Staffing", view: Staffing },
  { id: "replay", path: "/reports/replay", title: "Replay a day", view: Replay },
];
const page = PAGES.find(({ id }) => id === shown);

function switchTo(code) {
  keepLang(code);
  draw();
}

const Language = () => html`<div class="seg" role="group" aria-label=${t("Language")}>
  <button type="button" lang="zh-CN" aria-pressed=${lang() === "zh"} onClick=${() => switchTo("zh")}>中文</button>
  <button type="button" lang="en" aria-pressed=${lang() === "en"} onClick=${() => switchTo("en")}>English</button>
</div>`;

const Header = () => html`<header><h1>${t(page.title)}</h1>
  <nav class="tabs" aria-label=${t("Reports")}>${PAGES.map(
    ({ id, path, title }) => html`<a key=${id} href=${path} aria-current=${id === shown ? "page" : null}>${t(title)}</a>`,
  )}</nav>
  <a class="link" href="/floor">${t("Floor")}</a><${Language} /></header>`;

function draw() {
  document.title = t(page.title);
  render(html`<${Header} /><main><${page.view} key=${page.id} language=${lang()} /></main>`, root);
}

draw();
