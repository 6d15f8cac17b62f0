// Owns the home scene, the services of one group, and what is shown out of hours.
import { html, icon } from "/static/lobby/page.js";
import { name, other, otherLang, otherName, t } from "/static/lobby/texts.js";
import { Cards, services } from "./cards.js";
import { isOn } from "./modes.js";
import { BackBar, Both, Calling, Fit, Heading, Names, StoreBar } from "./parts.js";
import { shapeNow } from "./stage.js";

const FEW = 4; // below it room is left: it goes to the calls, the cards are not stretched

const Entry = ({ kind, sign, text, action, busy, onTouch }) => html`<button class=${kind} data-action=${action} disabled=${busy} onClick=${onTouch}>
  ${icon(sign)}<${Fit} class="two" text=${text}><${Both} text=${text} /><//></button>`;

/** Whether cards of their own size leave room on an upright sheet. */
const hasRoom = (list) => shapeNow() === "tall" && !isOn("large") && !isOn("reach") && list.length < FEW;

/** Who is called, as a tinted panel where there is room. */
const Panel = ({ calls }) => html`<section class="panel"><${Calling} calls=${calls} most=${4} /></section>`;

export function Home({ view, now, busy, idle, onLang, onPick, onOpen, onCheckIn, onVip }) {
  if (!view.store.open) return html`<${Closed} store=${view.store} now=${now} idle=${idle} onLang=${onLang} />`;
  const few = hasRoom(services(view.queues));
  return html`<${StoreBar} store=${view.store} now=${now} onLang=${onLang}>${idle}<//>
    <main class="choose ${few ? "few" : ""}">
      <${Heading} text="Hello, please choose a service" own=${view.store.texts.kiosk_welcome} />
      <${Cards} queues=${view.queues} busy=${busy} onPick=${onPick} onOpen=${onOpen} />
      ${(few || isOn("reach")) && html`<${Panel} calls=${view.calls} />`}
      <section class="entry">
        <${Entry} kind="appt" sign="calendar" text="Appointment check-in" action="check-in" busy=${busy} onTouch=${onCheckIn} />
        <${Entry} kind="vip" sign="diamond" text="VIP entry" action="vip" busy=${busy} onTouch=${onVip} />
      </section>
    </main>`;
}

/** The services of one group, with the way back. */
export function Group({ view, group, busy, onPick, onHome, onBack }) {
  const few = hasRoom(services(view.queues).filter((queue) => queue.group?.zh === group.zh));
  return html`<${BackBar} idle_s=${view.store.idle_s} onHome=${onHome} onBack=${onBack} />
    <main class="choose grouped ${few ? "few" : ""}">
      <section class="hero"><h1 tabindex="-1">${name(group)}</h1><p lang=${otherLang()}>${otherName(group)}</p></section>
      <${Cards} queues=${view.queues} group=${group} busy=${busy} onPick=${onPick} />
      ${(few || isOn("reach")) && html`<${Panel} calls=${view.calls} />`}
    </main>`;
}

const clock = (time) => (time.includes("T") ? time.slice(11, 16) : time.slice(0, 5));

/** Today's opening times as written: ["09:00–12:00", "13:30–18:00"]; none on a day off. */
const times = (hours) => hours.filter(Boolean).map(({ opens, closes }) => `${clock(opens)}–${clock(closes)}`);

const Hours = ({ hours, special }) => html`<section class="hours">
  ${special && html`<p class="two occasion"><${Names} names=${special} /></p>`}
  <p class="two"><${Both} text="Today's hours" /></p>
  ${times(hours).length
    ? html`<p class="times">${times(hours).map((time) => html`<b>${time}</b>`)}</p>`
    : html`<p class="off two"><${Both} text="Closed all day" /></p>`}
</section>`;

const Closed = ({ store, now, idle, onLang }) => html`<${StoreBar} store=${store} now=${now} onLang=${onLang}>${idle}<//>
  <main class="closed">
    <span class="moon">${icon("moon")}</span>
    <div><h1 tabindex="-1">${t("The store is closed now")}</h1><p class="sub" lang=${otherLang()}>${other("The store is closed now")}</p>
      ${store.texts.closed_note && html`<p class="two own-note"><${Names} names=${store.texts.closed_note} /></p>`}</div>
    <${Hours} hours=${store.hours} special=${store.special_day} />
  </main>`;
