// Owns the home scene and what it shows out of hours.
import { html, icon } from "/static/lobby/page.js";
import { other, otherLang, t } from "/static/lobby/texts.js";
import { Cards, services } from "./cards.js";
import { Both, Calling, StoreBar } from "./parts.js";

const Entry = ({ kind, sign, text, action, busy, onTouch }) => html`<button class=${kind} data-action=${action} disabled=${busy} onClick=${onTouch}>
  ${icon(sign)}<span class="two"><${Both} text=${text} /></span></button>`;

export function Home({ view, now, busy, onLang, onPick, onCheckIn, onVip }) {
  if (!view.store.open) return html`<${Closed} store=${view.store} now=${now} onLang=${onLang} />`;
  const few = services(view.queues).length < 4; // room is left: it goes to the calls, the cards are not stretched
  return html`<${StoreBar} store=${view.store} now=${now} onLang=${onLang} />
    <main class="choose ${few ? "few" : ""}">
      <section class="hero"><h1>${t("Hello, please choose a service")}</h1><p lang=${otherLang()}>${other("Hello, please choose a service")}</p></section>
      <${Cards} queues=${view.queues} busy=${busy} onPick=${onPick} />
      ${few && html`<section class="panel"><${Calling} calls=${view.calls} most=${4} /></section>`}
      <section class="entry">
        <${Entry} kind="appt" sign="calendar" text="Appointment check-in" action="check-in" busy=${busy} onTouch=${onCheckIn} />
        <${Entry} kind="vip" sign="diamond" text="VIP entry" action="vip" busy=${busy} onTouch=${onVip} />
      </section>
    </main>
    <footer>${few ? html`<p class="none">${t("Please watch the screen and listen for your number")}
      <small lang=${otherLang()}>${other("Please watch the screen and listen for your number")}</small></p>` : html`<${Calling} calls=${view.calls} most=${3} />`}</footer>`;
}

const clock = (time) => (time.includes("T") ? time.slice(11, 16) : time.slice(0, 5));

/** Today's opening times as written: ["09:00–12:00", "13:30–18:00"]; none on a day off. */
const times = (hours) => hours.filter(Boolean).map(({ opens, closes }) => `${clock(opens)}–${clock(closes)}`);

const Hours = ({ hours }) => html`<section class="hours">
  <p class="two"><${Both} text="Today's hours" /></p>
  ${times(hours).length
    ? html`<p class="times">${times(hours).map((time) => html`<b>${time}</b>`)}</p>`
    : html`<p class="off two"><${Both} text="Closed all day" /></p>`}
</section>`;

const Closed = ({ store, now, onLang }) => html`<${StoreBar} store=${store} now=${now} onLang=${onLang} />
  <main class="closed">
    <span class="moon">${icon("moon")}</span>
    <h1>${t("The store is closed now")}</h1><p class="sub" lang=${otherLang()}>${other("The store is closed now")}</p>
    <${Hours} hours=${store.hours} />
  </main>
  <footer><p class="none">${t("Numbers are given out during opening hours. Thank you!")}
    <small lang=${otherLang()}>${other("Numbers are given out during opening hours. Thank you!")}</small></p></footer>`;
