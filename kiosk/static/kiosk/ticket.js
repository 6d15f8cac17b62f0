// Owns the ticket scene: the number, the way to follow it, and what became of the paper.
import { html, icon, range, useEffect, useState } from "/static/lobby/page.js";
import { get } from "/static/lobby/api.js";
import { message, name, other, otherLang, t } from "/static/lobby/texts.js";
import { Ring } from "./idle.js";
import { Both, Names, StoreBar } from "./parts.js";

const SHOWN_S = 20; // what a slow reader needs to touch, so that it stays
const PER_NOTE_S = 6; // a note wants reading
const POLL_MS = 1000;

const PAPER = {
  printing: { sign: "printer", tone: "brand", text: "Printing your slip…" },
  printed: { sign: "check", tone: "ok", text: "Please take your slip" },
  failed: { sign: "camera", tone: "bad", text: "No paper ticket: please photograph this number or scan the code" },
  unknown: { sign: "printer", tone: "warn", text: "Please take your slip; if none came, photograph this number" },
  none: { sign: "camera", tone: "brand", text: "Please photograph this number or scan the code" },
};
/** What is known of the slip: one that waits for a printer in trouble does not come now. */
const paperOf = (ticket, trouble) => (trouble && !trouble.elsewhere && underway(ticket.print) ? "failed" : ticket.print);
const underway = (print) => print === "pending" || print === "printing";

/** The ticket as it is now: asked again while its slip is under way. */
function useTicket(first) {
  const [ticket, setTicket] = useState(first);
  useEffect(() => {
    if (!underway(ticket.print)) return undefined;
    const timer = setInterval(() => get(`/api/v1/tickets/${first.token}`).then((now) => setTicket({ ...now, notes: first.notes }), () => {}), POLL_MS); // a missed look: the next comes
    return () => clearInterval(timer);
  }, [ticket.print]);
  return ticket;
}

/** How long the scene stays; null: until it is confirmed, for without paper the screen alone has the number. */
function stay(ticket, paper, held, idle_s) {
  if (!held && paper === "failed") return null;
  if (!held && (underway(paper) || paper === "none")) return idle_s;
  return SHOWN_S + PER_NOTE_S * ticket.notes.length;
}

const MARKS = { vip: { sign: "diamond", text: "VIP" }, appointment: { sign: "calendar", text: "Appointment" } };

function Mark({ ticket }) {
  const mark = MARKS[ticket.class];
  if (!mark) return null;
  const label = ticket.class === "vip" && ticket.tier_name ? `${name(ticket.tier_name)} VIP` : t(mark.text);
  const slot = ticket.slot_at ? ` ${ticket.slot_at.slice(11, 16)}` : "";
  return html`<p class="mark-of ${ticket.class}">${icon(mark.sign)} ${label}${slot}</p>`;
}

const Tile = ({ text, value, unit }) => html`<div class="tile"><p><${Both} text=${text} /></p><p class="figure">${value}${unit && html`<small>${t(unit)}</small>`}</p></div>`;

function Place({ ticket }) {
  if (ticket.counter && ticket.state !== "waiting") return html`<div class="places called"><${Tile} text="Please go to counter" value=${ticket.counter} /></div>`;
  const minutes = range(ticket.quote);
  return html`<div class="places">
    ${ticket.people_ahead === 0
      ? html`<div class="tile words"><p class="two"><${Both} text="First in your queue" /></p></div>`
      : html`<${Tile} text="People ahead" value=${ticket.people_ahead} />`}
    ${minutes && html`<${Tile} text="Estimated wait" value=${minutes} unit="min" />`}
  </div>`;
}

const Note = ({ said }) => html`<p class="noted">${icon("info")}<span>${message(said)}<small lang=${otherLang()}>${other(said.text, said.values)}</small></span></p>`;

const Paper = ({ print, trouble }) => {
  const { sign, tone, text } = PAPER[print === "pending" ? "printing" : print];
  const elsewhere = trouble?.elsewhere;
  return html`<p class="paper ${tone}" role="status" data-paper=${print}>${icon(sign)}<span class="two">
    ${elsewhere && print !== "none" ? html`<${Both} text="Your slip comes out at “{printer}”" values=${{ printer: elsewhere }} />` : html`<${Both} text=${text} />`}</span></p>`;
};

const Follow = ({ ticket }) => html`<div class="follow">
  <img src="/t/${ticket.token}/qr.svg" alt=${t("Code to follow your number on your phone")} width="264" height="264" />
  <div><p class="two"><${Both} text="Scan to follow on your phone" /></p>
    <p class="sub">${t("See how many people are ahead, and when you are called.")}</p></div></div>`;

/** @param {{first: object, held: boolean}} props  `held`: the customer had this ticket before, no slip comes now; `trouble`: what is wrong with this kiosk's printer */
export function Ticket({ view, now, first, held: wasHeld, trouble, onHome }) {
  const held = wasHeld || first.notes.some((note) => note.code === "had_ticket");
  const ticket = useTicket(first);
  const paper = held ? "none" : paperOf(ticket, trouble);
  const seconds = stay(ticket, paper, held, view.store.idle_s);
  return html`<${StoreBar} store=${view.store} now=${now} />
    <main class="given ${ticket.notes.length ? "full" : ""}">
      <article class="slip ${ticket.class}">
        <div class="head"><h1 tabindex="-1" class="label two"><${Both} text=${held ? "You already have a number" : "Your number"} />
          <strong class="number" data-ticket-number=${ticket.number}>${ticket.number}</strong></h1>
        <p class="service two"><${Names} names=${ticket.service_name} /></p>
        <${Mark} ticket=${ticket} /></div>
        <${Place} ticket=${ticket} />
        <hr />
        <${Follow} ticket=${ticket} />
      </article>
      ${ticket.notes.map((said) => html`<${Note} key=${said.code} said=${said} />`)}
      <${Paper} print=${paper} trouble=${trouble} />
    </main>
    <div class="act"><button class="go" data-action="done" onClick=${onHome}>
      <${Both} text=${seconds === null ? "I have kept my number" : "Done"} />${seconds !== null && html`<${Ring} key=${seconds} seconds=${seconds} onEnd=${onHome} />`}</button></div>`;
}
