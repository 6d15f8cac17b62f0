// Owns the page of a chosen counter: header, queues, customer, list and actions put together.
import { html, icon, stateName, Offline } from "/static/lobby/page.js";
import { Arrivals, OwnDuty, Proxies } from "/static/lobby/duty.js";
import { t } from "/static/lobby/texts.js";
import { closeAction, mainAction, occupant, otherActions } from "./counter-actions.js";
import { Customer } from "./counter-customer.js";
import { Action, Clock, LangButton, SignOut, StorePart, Trouble } from "./counter-frame.js";
import { PrinterTroubles } from "./counter-paper.js";
import { ProxyDialog } from "./counter-proxy.js";
import { Figures, Queues, Waiting } from "./counter-queues.js";

function Header({ data, number, staff, now, toggleLang, own, openProxy, ...rest }) {
  const state = data.counter.state;
  const away = state === "closed" || occupant(data, staff);
  return html`<header>
    <h1 class="no">${t("Counter {number}", { number })}</h1><b class="who">${staff}</b><${StorePart} store=${data.store} /><span class="sp"></span>
    <span class=${`state ${state}`} data-state=${state}><i></i>${stateName(state)}</span>
    ${away ? html`<a class="button" href="/counter">${t("Change counter")}</a>` : html`<${Action} name="close" action=${closeAction(data)} ...${rest}>${t("Close counter")}<//>`}
    <${OwnDuty} own=${own} />
    <button type="button" data-action="proxy" aria-keyshortcuts="D" onClick=${openProxy}>${t("Proxy handling")}<kbd aria-hidden="true">D</kbd></button>
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

function Actions({ data, ...rest }) {
  const main = mainAction(data);
  return html`<div class="act" role="group" aria-label=${t("Actions")}>
    <${Action} class="go" name="main" main=${true} action=${main} aria-keyshortcuts="Space Enter" ...${rest}><span class="label">${main.label}</span><kbd aria-hidden="true">${t("Space")}</kbd><//>
    ${otherActions(data).map((one) => html`<${Action} key=${one.id} class=${one.tone ?? ""} name=${one.id} action=${one} aria-keyshortcuts=${one.key} ...${rest}><span class="label">${one.label}</span><kbd aria-hidden="true">${one.key}</kbd><//>`)}
  </div>`;
}

export function Desk({ data, number, staff, manager, now, up, busy, act, trouble, dismiss, reason, toggleLang, own, arrivals, asking, openProxy, closeProxy }) {
  if (!data) return html`<${Offline} up=${up} /><main class="loading"><h1>${t("Connecting…")}</h1></main>`;
  const rest = { busy, up, act };
  return html`<div class=${`desk ${up ? "" : "down"}`}>
    <${Header} ...${{ data, number, staff, now, toggleLang, own, openProxy, ...rest }} />
    <aside><${Queues} queues=${data.queues} /><${Figures} figures=${data.figures} /><${PrinterTroubles} printers=${data.printers} /><${OwnProxies} own=${own} /></aside>
    <main>
      <${Arrivals} own=${own} pages=${arrivals()} hint="A" />
      ${occupant(data, staff) ? html`<${NotMine} counter=${data.counter} />` : null}
      <${Customer} ...${{ data, now, reason, staff, manager, ...rest }} />
      <${Actions} data=${data} ...${rest} />
    </main>
    <${Waiting} queue=${data.queue} appointments=${data.appointments} next=${data.next} now=${now} />
    <${Offline} up=${up} />
    <${Trouble} trouble=${trouble} dismiss=${dismiss} />
    ${asking ? html`<${ProxyDialog} queues=${data.queues} close=${closeProxy} />` : null}
  </div>`;
}
