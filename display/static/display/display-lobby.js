// Owns the frame of the lobby display: the header with store, date and clock, and the queues along the bottom.
import { html, icon, useTick, wallClock } from "/static/lobby/page.js";
import { name, other, otherName, t } from "/static/lobby/texts.js";
import { Fit } from "./display-fit.js";

function Clock({ now, zone }) {
  useTick();
  const { day, time } = wallClock(now(), zone, "zh");
  return html`<div class="clock"><span class="day">${day}<span lang="en">${wallClock(now(), zone, "en").day}</span></span><time>${time}</time></div>`;
}

function Lost({ since, zone }) {
  const { time } = wallClock(since, zone, "zh");
  return html`<p class="pill lost" role="status">${icon("offline")} ${t("Connection lost since {time}", { time })} <span lang="en">${other("Connection lost since {time}", { time })}</span></p>`;
}

const Shut = () => html`<p class="pill">${icon("clock")} ${t("Closed now")} <span lang="en">${other("Closed now")}</span></p>`;

const Mute = () => html`<p class="pill mute">${icon("sound")} ${t("Touch the screen for sound")} <span lang="en">${other("Touch the screen for sound")}</span></p>`;

export function Header({ store, now, lost, heard }) {
  return html`<header>
    <span class="mark">${icon("mark")}</span>
    <div class="store"><${Fit} class="name">${name(store.name)}<//><${Fit} class="en" lang="en">${otherName(store.name)}<//></div>
    ${store.open ? null : html`<${Shut} />`}
    ${lost === null ? null : html`<${Lost} since=${lost} zone=${store.timezone} />`}
    ${heard ? null : html`<${Mute} />`}
    <${Clock} now=${now} zone=${store.timezone} />
  </header>`;
}

/** What the wait of a queue is, as a text and its values. */
function waitOf({ waiting, quote, refusal }) {
  if (waiting === 0) return refusal ? ["No tickets now"] : ["No waiting"];
  if (quote && "mid_s" in quote) return ["about {n} min", { n: Math.max(1, Math.round(quote.mid_s / 60)) }];
  return quote?.unknown === "no_counter_open" ? ["No counter open"] : ["Waiting now"];
}

function Queue({ queue }) {
  const [text, values] = waitOf(queue);
  return html`<li class=${`q ${queue.class}`} key=${queue.code} data-queue=${queue.code}>
    <span class="l" aria-hidden="true">${queue.letter}</span>
    <${Fit} class="n">${name(queue.name)}<//>
    <${Fit} class="e" lang="en" least="0.8">${otherName(queue.name)}<//>
    <div class="w"><${Fit}>${t(text, values)}<//><${Fit} class="en" lang="en">${other(text, values)}<//></div>
    <span class="k">${queue.waiting}<small>${t("people")}</small></span>
  </li>`;
}

/** Up to six queues stand side by side with the name beside the letter, more are narrow with the name below it. */
export const Queues = ({ queues }) => html`<section class="lobby" aria-label=${t("People waiting")}>
  <ul class=${queues.length > 6 ? "queues narrow" : "queues"}>${queues.map((queue) => html`<${Queue} queue=${queue} />`)}</ul>
</section>`;
