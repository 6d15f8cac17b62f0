// Owns the frame of the lobby display: the header with store, date and clock, and the queues along the bottom.
import { html, icon, range, useTick, wallClock } from "/static/lobby/page.js";
import { lang, name, other, otherName, t } from "/static/lobby/texts.js";
import { Fit } from "./display-fit.js";
import { Second } from "./display-words.js";

function Clock({ now, zone }) {
  useTick();
  const { day, time } = wallClock(now(), zone);
  const second = wallClock(now(), zone, lang() === "zh" ? "en" : "zh").day;
  return html`<div class="clock"><span class="day">${day}<${Second}>${second}<//></span><time>${time}</time></div>`;
}

/** A mark in the header, the second language below. */
const Mark = ({ kind = "", sign, text, values }) => html`<p class=${`pill ${kind}`} role="status">${icon(sign)}<b>${t(text, values)}<${Second}>${other(text, values)}<//></b></p>`;

const MARKS = {
  closed: () => html`<${Mark} sign="clock" text="Closed now" />`,
  lost: (values) => html`<${Mark} kind="lost" sign="offline" text="Connection lost since {time}" values=${values} />`,
  mute: () => html`<${Mark} kind="mute" sign="sound" text="Touch the screen for sound" />`,
};

const Logo = ({ theme }) => (theme.logo ? html`<img class="logo" src=${theme.logo} alt="" />` : html`<span class="mark">${icon("mark")}</span>`);

/** That the line is down, and the time (ms) of the last news. */
export const Lost = ({ store, since }) => (since === null ? null : MARKS.lost({ time: wallClock(since, store.timezone).time }));

export function Header({ store, now, lost, heard }) {
  return html`<header>
    <${Logo} theme=${store.theme} />
    <div class="store"><${Fit} class="name">${name(store.name)}<//><${Fit} second>${otherName(store.name)}<//></div>
    ${store.open ? null : MARKS.closed()}
    <${Lost} store=${store} since=${lost} />
    ${heard ? null : MARKS.mute()}
    <${Clock} now=${now} zone=${store.timezone} />
  </header>`;
}

/** What the wait of a queue is, as a text and its values. */
function waitOf({ waiting, quote, refusal }) {
  if (waiting === 0 && refusal) return ["No tickets now"];
  if (range(quote) && (waiting || quote.mid_s >= 60)) return ["about {n} min", { n: range(quote) }];
  if (waiting === 0) return ["No waiting"];
  return quote?.unknown === "no_counter_open" ? ["No counter open"] : ["Waiting now"];
}

function Queue({ queue }) {
  const [text, values] = waitOf(queue);
  return html`<li class=${`q ${queue.class}`} key=${queue.code} data-queue=${queue.code}>
    <span class="l" aria-hidden="true">${queue.letter}</span>
    <${Fit} class="n">${name(queue.name)}<//>
    <${Fit} class="e" second least="0.8">${otherName(queue.name)}<//>
    <div class="w"><${Fit}>${t(text, values)}<//><${Fit} second>${other(text, values)}<//></div>
    <span class="k">${queue.waiting}<small>${t("people")}</small></span>
  </li>`;
}

/** Up to six queues stand side by side with the name beside the letter, more are narrow with the name below it. */
export const Queues = ({ queues }) => html`<section class="lobby" aria-label=${t("People waiting")}>
  <ul class=${queues.length > 6 ? "queues narrow" : "queues"} style=${`--queues:${queues.length}`}>${queues.map((queue) => html`<${Queue} queue=${queue} />`)}</ul>
</section>`;
