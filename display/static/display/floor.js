// Owns the floor page: follows the lobby for the manager and puts its panels together.
import { Arrivals, followDuty } from "/static/lobby/duty.js";
import { follow } from "/static/lobby/live.js";
import { html, icon, Offline, render, useTick, wallClock } from "/static/lobby/page.js";
import { keepLang, lang, name, t } from "/static/lobby/texts.js";
import { Acts, ManagerSteps } from "./floor-acts.js";
import { AlertStrip, ringer } from "./floor-alerts.js";
import { Chart } from "./floor-chart.js";
import { Counters } from "./floor-counters.js";
import { Disk } from "./floor-disk.js";
import { Figures } from "./floor-figures.js";
import { Forecast } from "./floor-forecast.js";
import { Guarded } from "./floor-guarded.js";
import { HelpCalls } from "./floor-help.js";
import { Levels } from "./floor-levels.js";
import { PrinterAlerts, Printers } from "./floor-printers.js";
import { Queues } from "./floor-queues.js";
import { Risks } from "./floor-risks.js";
import { steps } from "./floor-steps.js";
import { Team } from "./floor-team.js";
import { TicketSteps } from "./floor-ticket-steps.js";
import { Tickets } from "./floor-tickets.js";
import { VipService } from "./floor-vip.js";

const root = document.getElementById("app");
const page = { data: null, up: true, heard: true, number: null };
const own = followDuty(() => draw());
const hand = steps(() => draw());
const ring = ringer((heard) => show({ heard }));

const Live = ({ up }) => html`<span class=${up ? "live" : "live off"} role="status"><i></i>${up ? t("Live") : t("Not live")}</span>`;

function switchTo(code) {
  keepLang(code);
  draw();
}

const LangPart = () => html`<div class="seg" role="group" aria-label=${t("Language")}>
  <button type="button" lang="zh-CN" aria-pressed=${lang() === "zh"} onClick=${() => switchTo("zh")}>中文</button>
  <button type="button" lang="en" aria-pressed=${lang() === "en"} onClick=${() => switchTo("en")}>English</button>
</div>`;

function Header({ store, up, heard }) {
  const { day, time } = wallClock(live.now(), store.timezone);
  return html`<header><h1>${t("Floor")}</h1><${Live} up=${up} />
    ${heard ? null : html`<span class="shut">${icon("sound")}${t("Touch once to hear alerts")}</span>`}
    ${store.open ? null : html`<span class="shut">${t("The store is closed now")}</span>`}
    <span class="where">${name(store.name)} · ${day} <time>${time}</time></span>
    <a class="link" href="/reports">${t("Reports")}</a><a class="link" href="/appointments">${t("Appointments")}</a><a class="link" href="/members">${t("Members")}</a><a class="link" href="/settings">${t("Settings")}</a><${LangPart} /></header>`;
}

const open = (number) => show({ number });

function Floor({ data, up, heard, number }) {
  useTick();
  if (!data) return html`<${Offline} up=${up} /><main class="loading"><h1>${t("Connecting…")}</h1></main>`;
  const now = live.now();
  return html`<${Header} store=${data.store} up=${up} heard=${heard} />
    <main>
      <${Disk} trouble=${data.trouble} low=${data.disk_low} />
      <${HelpCalls} calls=${data.help.filter(({ coming }) => !coming)} now=${now} />
      <${AlertStrip} alerts=${data.alerts} own=${hand} now=${now} />
      <${PrinterAlerts} printers=${data.printers} alerts=${data.alerts} own=${hand} />
      <${Arrivals} own=${own} pages=${own.data?.pages ?? []} alerts=${[]} />
      <${Acts} acts=${data.acts} own=${hand} now=${now} />
      <${Risks} data=${data} own=${hand} now=${now} open=${open} />
      <${Figures} waiting=${data.waiting} today=${data.today} now=${now} />
      <div class="g"><${Chart} day=${data.day} waiting=${data.waiting} zone=${data.store.timezone} /><${Queues} queues=${data.queues} now=${now} /></div>
      <${Tickets} line=${data.line} held=${data.held} gone=${data.gone} now=${now} open=${open} />
      <${Counters} counters=${data.counters} team=${data.team} own=${hand} now=${now} />
      <div class="g"><${Guarded} guarded=${data.guarded} now=${now} open=${open} /><${Levels} levels=${data.levels} gaveUp=${data.gave_up} issued=${data.today.issued} /></div>
      <${VipService} own=${own} />
      <${Printers} printers=${data.printers} />
      <div class="g"><${ManagerSteps} queues=${data.queues} own=${hand} /><${Team} team=${data.team} own=${hand} /></div>
      <${Forecast} rows=${data.forecast} />
    </main>
    ${number ? html`<${TicketSteps} key=${number} number=${number} data=${data} own=${hand} now=${now} close=${() => open(null)} />` : null}
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

function arrived(data) {
  ring(data.alerts);
  show({ data });
}

const live = follow({ screen: "floor" }, { snapshot: arrived, connection: (up) => show({ up }) });
draw();
