// Owns the calls on the lobby display: the big pair of number and counter, the recent ones, the panel before the first.
import { html, icon } from "/static/lobby/page.js";
import { name, other, otherName, t } from "/static/lobby/texts.js";
import { Fit } from "./display-fit.js";
import { Second } from "./display-words.js";

/** The key makes a recall a new panel, so that it flashes again. "counter" in lower case is what follows a number: 号柜台. */
export function Now({ call, place }) {
  const said = { number: call.number, counter: call.counter };
  return html`<main class=${`now ${call.class}`} key=${call.version} data-now-number=${call.number} data-now-counter=${call.counter}>
    <h1 class="lab">${t("Now calling")} <${Second}>${other("Now calling")}<//>
      ${call.recall ? html`<em>${t("Called again")} <${Second}>${other("Called again")}<//></em>` : null}</h1>
    <div class="big" aria-hidden="true">
      <${Fit} class="tick">${call.number}<//>
      <div class="ctr"><${Fit} class="digits">${call.counter}<//><span class="word">${t("counter")}</span><${Second} class="small">${other("counter")}<//></div>
    </div>
    <p class="say" role="status"><${Fit}>${t("Ticket {number}, please go to counter {counter}", said)}${place && ` · ${name(place)}`}<//>
      <${Fit} second>${other("Ticket {number}, please go to counter {counter}", said)}${place && ` · ${otherName(place)}`}<//></p>
  </main>`;
}

const Row = ({ call }) => html`<li class=${`row ${call.class}`} key=${call.version} data-recent data-number=${call.number}>
  <${Fit} class="n">${call.number}<//>${icon("arrow")}<span class="c"><b>${call.counter}</b> <span>${t("counter")}</span></span>
</li>`;

const Nothing = () => html`<p class="nothing">${t("Numbers called before appear here")}<${Second}>${other("Numbers called before appear here")}<//></p>`;

export const Recent = ({ calls }) => html`<section class="recent" aria-labelledby="recent">
  <h2 id="recent">${t("Recent calls")} <${Second}>${other("Recent calls")}<//></h2>
  ${calls.length ? html`<ol class="rows">${calls.map((call) => html`<${Row} call=${call} />`)}</ol>` : html`<${Nothing} />`}
</section>`;

const Welcome = ({ store }) => html`<h1><${Fit}>${t("Welcome to {store}", { store: name(store.name) })}<//>
    <${Fit} second>${other("Welcome to {store}", { store: otherName(store.name) })}<//></h1>
  <p>${store.texts.display_welcome ? name(store.texts.display_welcome) : t("Please take a number and a seat. Your number will appear here.")}
    <${Second}>${store.texts.display_welcome ? otherName(store.texts.display_welcome) : other("Please take a number and a seat. Your number will appear here.")}<//></p>`;

const span = ({ opens, closes }) => `${opens.slice(0, 5)}–${closes.slice(0, 5)}`;

const Named = ({ names }) => (names ? html`<p>${name(names)}<${Second}>${otherName(names)}<//></p>` : null);

/** Hours are for one day; a null entry is a closed day. The day's name and the store's own words stand below. */
function Closed({ hours, special, note }) {
  const today = (hours ?? []).filter(Boolean).map(span).join("  ");
  return html`<h1><${Fit}>${t("The store is closed now")}<//><${Fit} second>${other("The store is closed now")}<//></h1>
    ${today ? html`<p>${t("Today's hours {hours}", { hours: today })}<${Second}>${other("Today's hours {hours}", { hours: today })}<//></p>` : null}
    <${Named} names=${special} /><${Named} names=${note} />`;
}

/** Nothing to call: a welcome, or a quiet note after hours. */
export const Idle = ({ store }) => html`<main class="now idle" key="idle">
  <span class="mark">${icon(store.open ? "mark" : "clock")}</span>
  ${store.open ? html`<${Welcome} store=${store} />` : html`<${Closed} hours=${store.hours} special=${store.special_day} note=${store.texts.closed_note} />`}
</main>`;
