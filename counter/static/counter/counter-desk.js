// Owns the page of a chosen counter: header, queues, customer, list and actions put together.
import { html, icon, stateName, Offline } from "/static/lobby/page.js";
import { t } from "/static/lobby/texts.js";
import { closeAction, mainAction, occupant, otherActions } from "./counter-actions.js";
import { Customer } from "./counter-customer.js";
import { Action, Clock, LangButton, SignOut, StorePart, Trouble } from "./counter-frame.js";
import { Figures, Queues, Waiting } from "./counter-queues.js";

function Header({ data, number, staff, now, toggleLang, ...rest }) {
  const state = data.counter.state;
  const away = state === "closed" || occupant(data, staff);
  return html`<header>
    <h1 class="no">${t("Counter {number}", { number })}</h1><b class="who">${staff}</b><${StorePart} store=${data.store} /><span class="sp"></span>
    <span class=${`state ${state}`} data-state=${state}><i></i>${stateName(state)}</span>
    ${away ? html`<a class="button" href="/counter">${t("Change counter")}</a>` : html`<${Action} name="close" action=${closeAction(data)} ...${rest}>${t("Close counter")}<//>`}
    <${LangButton} toggleLang=${toggleLang} /><${SignOut} />
    <${Clock} now=${now} zone=${data.store.timezone} />
  </header>`;
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

export function Desk({ data, number, staff, now, up, busy, act, trouble, dismiss, reason, toggleLang }) {
  if (!data) return html`<${Offline} up=${up} /><main class="loading"><h1>${t("Connecting…")}</h1></main>`;
  const rest = { busy, up, act };
  return html`<div class=${`desk ${up ? "" : "down"}`}>
    <${Header} ...${{ data, number, staff, now, toggleLang, ...rest }} />
    <aside><${Queues} queues=${data.queues} /><${Figures} figures=${data.figures} /></aside>
    <main>
      ${occupant(data, staff) ? html`<${NotMine} counter=${data.counter} />` : null}
      <${Customer} data=${data} now=${now} reason=${reason} />
      <${Actions} data=${data} ...${rest} />
    </main>
    <${Waiting} queue=${data.queue} appointments=${data.appointments} next=${data.next} now=${now} />
    <${Offline} up=${up} />
    <${Trouble} trouble=${trouble} dismiss=${dismiss} />
  </div>`;
}
