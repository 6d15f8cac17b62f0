// Owns the floor page: follows the lobby for the manager and puts its panels together.
import { Arrivals, followDuty } from "/static/lobby/duty.js";
import { follow } from "/static/lobby/live.js";
import { html, Offline, render, useTick, wallClock } from "/static/lobby/page.js";
import { keepLang, lang, name, t } from "/static/lobby/texts.js";
import { Counters } from "./floor-counters.js";
import { Figures } from "./floor-figures.js";
import { Forecast } from "./floor-forecast.js";
import { Guarded } from "./floor-guarded.js";
import { HelpCalls } from "./floor-help.js";
import { PrinterAlerts, Printers } from "./floor-printers.js";
import { Queues } from "./floor-queues.js";
import { VipService } from "./floor-vip.js";

const root = document.getElementById("app");
const page = { data: null, up: true };
const own = followDuty(() => draw());

const Live = ({ up }) => html`<span class=${up ? "live" : "live off"} role="status"><i></i>${up ? t("Live") : t("Not live")}</span>`;

function switchTo(code) {
  keepLang(code);
  draw();
}

const LangPart = () => html`<div class="seg" role="group" aria-label=${t("Language")}>
  <button type="button" lang="zh-CN" aria-pressed=${lang() === "zh"} onClick=${() => switchTo("zh")}>中文</button>
  <button type="button" lang="en" aria-pressed=${lang() === "en"} onClick=${() => switchTo("en")}>English</button>
</div>`;

function Header({ store, up }) {
  const { day, time } = wallClock(live.now(), store.timezone);
  return html`<header><h1>${t("Floor")}</h1><${Live} up=${up} />
    ${store.open ? null : html`<span class="shut">${t("The store is closed now")}</span>`}
    <span class="where">${name(store.name)} · ${day} <time>${time}</time></span>
    <a class="link" href="/reports">${t("Reports")}</a><a class="link" href="/appointments">${t("Appointments")}</a><a class="link" href="/members">${t("Members")}</a><a class="link" href="/settings">${t("Settings")}</a><${LangPart} /></header>`;
}

function Floor({ data, up }) {
  useTick();
  if (!data) return html`<${Offline} up=${up} /><main class="loading"><h1>${t("Connecting…")}</h1></main>`;
  const now = live.now();
  return html`<${Header} store=${data.store} up=${up} />
    <main>
      <${HelpCalls} calls=${data.help.filter(({ coming }) => !coming)} now=${now} />
      <${PrinterAlerts} printers=${data.printers} />
      <${Arrivals} own=${own} pages=${own.data?.pages ?? []} />
      <${Figures} waiting=${data.waiting} today=${data.today} now=${now} />
      <div class="g"><${Guarded} guarded=${data.guarded} now=${now} /><${Queues} queues=${data.queues} now=${now} /></div>
      <${VipService} own=${own} />
      <${Counters} counters=${data.counters} now=${now} />
      <${Printers} printers=${data.printers} />
      <${Forecast} rows=${data.forecast} />
    </main>
    <${Offline} up=${up} />`;
}

function draw() {
  document.title = t("Floor");
  render(html`<${Floor} ...${page} />`, root);
}

function show(change) {
  Object.assign(page, change);
  draw();
}

const live = follow({ screen: "floor" }, { snapshot: (data) => show({ data }), connection: (up) => show({ up }) });
draw();
