// Owns the page of a chosen counter: header, queues, customer, list and actions put together.
import { html, icon, stateName, Offline, useTick } from "/static/lobby/page.js";
import { Arrivals, OwnDuty, Proxies } from "/static/lobby/duty.js";
import { message, t } from "/static/lobby/texts.js";
import { action, barActions, GROUPS, mainAction, occupant } from "./counter-actions.js";
import { Ask } from "./counter-ask.js";
import { Customer } from "./counter-customer.js";
import { Action, Clock, LangButton, SignOut, StorePart, Trouble } from "./counter-frame.js";
import { Palette } from "./counter-palette.js";
import { PrinterTroubles } from "./counter-paper.js";
import { ProxyDialog } from "./counter-proxy.js";
import { Figures, Queues, Waiting } from "./counter-queues.js";
import { Status } from "./counter-status.js";

function Header({ data, number, staff, now, toggleLang, own, ...rest }) {
  const state = data.counter.state;
  const away = state === "closed" || occupant(data, staff);
  const pause = action(data, "pause", now());
  return html`<header>
    <h1 class="no">${t("Counter {number}", { number })}</h1><b class="who">${staff}</b><${StorePart} store=${data.store} /><span class="sp"></span>
    <span class=${`state ${state}`} data-state=${state}><i></i>${stateName(state)}</span>
    ${away ? html`<a class="button" href="/counter">${t("Change counter")}</a>` : html`<${Action} name="pause" action=${pause} aria-keyshortcuts="P" ...${rest}>${pause.label}<kbd aria-hidden="true">P</kbd><//>`}
    <${OwnDuty} own=${own} />
    <${LangButton} toggleLang=${toggleLang} /><${SignOut} />
    <${Clock} now=${now} zone=${data.store.timezone} />
  </header>`;
}

function OwnProxies({ own }) {
  const proxies = (own.data?.proxies ?? []).filter(({ mine }) => mine);
  return proxies.length ? html`<h2 class="own">${t("My proxy handling")}</h2><${Proxies} own=${own} proxies=${proxies} />` : null;
}

/** Somebody else works here: everything can be seen, nothing can be done. */
const NotMine = ({ counter }) => html`<p class="strip">${icon("info")} ${t("{name} is working at this counter.", { name: counter.staff })} <a href="/counter">${t("Change counter")}</a></p>`;

/** What has to wait for a time counts down where its key stands. */
const Key = ({ one }) => html`<kbd class=${one.wait > 0 ? "wait" : ""} aria-hidden="true">${one.wait > 0 ? t("{n} s", { n: one.wait }) : one.key}</kbd>`;

function Actions({ data, now, openMore, ...rest }) {
  useTick();
  const main = mainAction(data, now());
  return html`<div class="act" role="group" aria-label=${t("Actions")}>
    <${Action} class="go" name="main" main=${true} action=${main} aria-keyshortcuts="Space Enter" ...${rest}><span class="label">${main.label}</span><kbd aria-hidden="true">${t("Space")}</kbd><//>
    ${barActions(data, now()).map((one) => html`<${Action} key=${one.name} class=${one.tone ?? ""} name=${one.name} action=${one} aria-keyshortcuts=${one.key} ...${rest}><span class="label">${one.label}</span><${Key} one=${one} /><//>`)}
    <button type="button" data-action="more" aria-keyshortcuts="M" aria-haspopup="dialog" onClick=${openMore}><span class="label">${t("More")}</span><kbd aria-hidden="true">M</kbd></button>
  </div>`;
}

const proxy = () => ({ name: "proxy", key: "D", label: t("Proxy handling"), why: null });
const groupsOf = (data, now) => GROUPS.map(({ title, names }) => ({ title: title(), items: names.map((name) => (name === "proxy" ? proxy() : action(data, name, now))) }));

/** The dialog that is open, if any: the list of all actions, what an action asks, or proxy handling. */
function Dialog({ data, asking, close, act, run, now, busy, doing, trouble }) {
  if (!asking) return null;
  const shut = () => close(asking); // a dialog says that it is closed a moment later, when another may be open already
  if (asking.name === "more") return html`<${Palette} key=${asking.key} groups=${groupsOf(data, now())} run=${run} close=${shut} />`;
  if (asking.name === "proxy") return html`<${ProxyDialog} key=${asking.key} queues=${data.queues} close=${shut} />`;
  return html`<${Ask} key=${asking.key} ask=${asking.ask} send=${(body) => act({ ...asking.action, body })} close=${shut} ...${{ busy, doing, trouble }} />`;
}

/** Nothing can be saved: every key would fail, and here is why. */
const NotSaved = ({ trouble }) => html`<p class="strip bad" role="alert" data-disk=${trouble.code}>${icon("warning")} ${message(trouble)}</p>`;

export function Desk({ data, number, staff, manager, now, up, busy, doing, act, run, trouble, dismiss, reason, phone, toggleLang, own, arrivals, asking, ask, close }) {
  if (!data) return html`<${Offline} up=${up} /><main class="loading"><h1>${t("Connecting…")}</h1></main>`;
  const rest = { busy, up, act: run };
  return html`<div class=${`desk ${up ? "" : "down"}`}>
    <${Header} ...${{ data, number, staff, now, toggleLang, own, ...rest }} />
    <aside><${Queues} queues=${data.queues} /><${Figures} figures=${own.data?.me.figures} /><${PrinterTroubles} printers=${data.printers} /><${OwnProxies} own=${own} /></aside>
    <main>
      <${Arrivals} own=${own} pages=${arrivals()} hint="A" />
      ${data.trouble ? html`<${NotSaved} trouble=${data.trouble} />` : occupant(data, staff) ? html`<${NotMine} counter=${data.counter} />` : null}
      <${Customer} ...${{ data, now, reason, phone, staff, manager, ...rest }} />
      <div class="hand"><${Status} ...${{ data, doing, now, ...rest }} /><${Actions} data=${data} now=${now} openMore=${() => ask("more")} ...${rest} /></div>
    </main>
    <${Waiting} ...${{ data, now, ...rest }} />
    <${Offline} up=${up} />
    <${Trouble} trouble=${asking ? "" : trouble} dismiss=${dismiss} />
    <${Dialog} ...${{ data, asking, close, act, run, now, busy, doing, trouble }} />
  </div>`;
}

