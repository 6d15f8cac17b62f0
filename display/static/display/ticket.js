// Owns the ticket on a customer's phone: its state from the live line, or by asking when that is down.
import { get, post } from "/static/lobby/api.js";
import { follow } from "/static/lobby/live.js";
import { html, icon, range, render, timeOf, useEffect, useRef, useState } from "/static/lobby/page.js";
import { keepLang, lang, message, name, t } from "/static/lobby/texts.js";
import { Alarm } from "./alarm.js";

const TOKEN = document.body.dataset.token;
const PATH = `/api/v1/tickets/${TOKEN}`;
const POLL_MS = 5000;
const alarm = new Alarm();

/** {ticket, store, calls, up}: live, and while the line is down the ticket by asking. */
function useTicket() {
  const [view, setView] = useState({ ticket: null, store: null, calls: [], up: true });
  const merge = (news) => setView((old) => ({ ...old, ...news }));
  useEffect(() => {
    follow({ screen: "ticket", token: TOKEN }, { snapshot: merge, connection: (up) => merge({ up }) });
  }, []);
  useEffect(() => {
    if (view.up) return undefined;
    const timer = setInterval(() => get(PATH).then((ticket) => merge({ ticket }), () => {}), POLL_MS); // still away: ask again
    return () => clearInterval(timer);
  }, [view.up]);
  return [view, merge];
}

const Figure = ({ label, value, unit, words }) => html`<div class=${words && "words"}><small>${label}</small><b>${value}${unit && html`<span>${unit}</span>`}</b></div>`;

function Marks({ ticket }) {
  if (ticket.class === "vip") return html`<em class="gold">${icon("diamond")} ${name(ticket.tier_name)} VIP</em>`;
  if (ticket.class === "appointment") return html`<em>${icon("calendar")} ${t("Appointment")} ${ticket.slot_at && timeOf(ticket.slot_at)}</em>`;
  return null;
}

function Waiting({ ticket, calls }) {
  const latest = calls.find((call) => !call.over);
  const minutes = range(ticket.quote);
  const dots = Math.min(ticket.people_ahead ?? 0, 9);
  return html`<section class="t">
      <p class="top"><small>${t("Your number")} · ${name(ticket.service_name)}</small><${Marks} ticket=${ticket} /></p>
      <h1 data-ticket-number=${ticket.number}>${ticket.number}</h1>
      <div class="r">
        ${ticket.people_ahead === 0
          ? html`<${Figure} words label=${t("Get ready")} value=${t("First in your queue")} />`
          : html`<${Figure} label=${t("People ahead")} value=${ticket.people_ahead} />`}
        ${minutes && html`<${Figure} label=${t("Estimated wait")} value=${minutes} unit=${t("min")} />`}
      </div>
    </section>
    ${ticket.notes.map((said) => html`<p class="noted" key=${said.code}>${icon("info")}<span>${message(said)}</span></p>`)}
    <section class="line">
      <${Ringing} />
      <div class="dots" aria-hidden="true">${Array.from({ length: dots }, () => html`<i></i>`)}<i class="me"></i></div>
      <p><span>${t("Taken at {time}", { time: timeOf(ticket.issued_at) })}</span><b>${dots === 0 ? t("First in your queue") : t("Your place in line")}</b></p>
    </section>
    ${latest && html`<section class="nc"><p><span>${t("Now calling")}</span><b>${latest.number}</b></p>
      <p><span>${t("Counter")}</span><b>${latest.counter}</b></p></section>`}`;
}

/** Sound needs one touch first: that is the browser's rule. */
function Ringing() {
  const [on, setOn] = useState(alarm.ready);
  useEffect(() => alarm.whenReady(() => setOn(true)), []);
  if (on) return html`<h2>${icon("bell")} ${t("This phone rings when you are called. Keep this page open.")}</h2>`;
  return html`<button class="bell" onClick=${() => alarm.unlock()}>${icon("bell")} ${t("Ring when I am called")}</button>`;
}

const Called = ({ ticket }) => html`<section class="called" role="alert">
  <h1>${t("It is your turn")}</h1><p class="top"><span data-ticket-number=${ticket.number}>${ticket.number}</span></p>
  <p class="go"><span>${t("Please go to counter")}</span><b>${ticket.counter}</b><i>${t("Counter {n}", { n: ticket.counter })}</i></p>
  <p class="svc">${name(ticket.service_name)}</p></section>`;

const STATES = {
  serving: { sign: "check", tone: "ok", head: "You are being served", text: "Counter {n}" },
  on_hold: { sign: "clock", tone: "", head: "Please wait nearby", text: "The counter will call you again. Your place is kept." },
  completed: { sign: "check", tone: "ok", head: "Thank you for coming", text: "Your visit is complete. Goodbye!" },
  no_show: { sign: "warning", tone: "warn", head: "Your number has been passed", text: "Please go to the help desk: our staff will help you back into the queue." },
  cancelled: { sign: "info", tone: "", head: "This number is cancelled", text: "If you still need us, please take a new number." },
  abandoned: { sign: "info", tone: "", head: "This number is cancelled", text: "If you still need us, please take a new number." },
  expired: { sign: "info", tone: "", head: "This number is no longer valid", text: "It was for an earlier day. Please take a new number in the store." },
};

function Said({ ticket }) {
  const { sign, tone, head, text } = STATES[ticket.state] ?? STATES.expired;
  return html`<section class="said ${tone}" role="status"><span class="badge">${icon(sign)}</span>
    <h1>${t(head)}</h1><p>${t(text, { n: ticket.counter })}</p>
    <p class="small"><span data-ticket-number=${ticket.number}>${ticket.number}</span> · ${name(ticket.service_name)}</p></section>`;
}

/** Giving the place up: asked twice, because it cannot be taken back here. */
function Cancel({ onCancelled }) {
  const sheet = useRef(null);
  const [fault, setFault] = useState("");
  const [busy, setBusy] = useState(false);
  const cancel = () => {
    setBusy(true);
    post(`${PATH}/cancel`).then(onCancelled, (problem) => setFault(problem.detail || t("No connection to the server. Trying again…"))).finally(() => setBusy(false));
  };
  return html`<footer><button class="s" data-action="cancel" onClick=${() => sheet.current.showModal()}>${t("Give up my place")}</button></footer>
    <dialog ref=${sheet} aria-labelledby="ask"><h2 id="ask">${t("Give up your place?")}</h2><p>${t("Your number will no longer be called.")}</p>
      ${fault && html`<p class="fault" role="alert">${fault}</p>`}
      <button class="p" data-action="keep" onClick=${() => sheet.current.close()}>${t("Keep my place")}</button>
      <button class="s" data-action="confirm" disabled=${busy} onClick=${cancel}>${t("Yes, give it up")}</button></dialog>`;
}

const Body = ({ view, merge }) => {
  const { ticket } = view;
  if (ticket.state === "called") return html`<main><${Called} ticket=${ticket} /></main>`;
  if (ticket.state !== "waiting") return html`<main><${Said} ticket=${ticket} /></main>`;
  return html`<main><${Waiting} ticket=${ticket} calls=${view.calls} /></main><${Cancel} onCancelled=${(after) => merge({ ticket: after.ticket ?? after })} />`;
};

function Page() {
  const [view, merge] = useTicket();
  const [, setLanguage] = useState(lang());
  const { ticket, store, up } = view;
  useEffect(() => {
    if (!ticket) return;
    alarm.tell(ticket, t("It is your turn"));
    scrollTo(0, 0); // the news is at the top
  }, [ticket?.state, ticket?.called_at]);
  if (!ticket) return html`<main class="start"><span class="mark">${icon("mark")}</span><p>${t("Connecting…")}</p></main>`;
  const next = lang() === "zh" ? "en" : "zh";
  const turn = () => {
    keepLang(next);
    setLanguage(next);
  };
  return html`<header><b>${name(store?.name)}</b><button lang=${next === "zh" ? "zh-CN" : "en"} data-lang-choice=${next} onClick=${turn}>${next === "zh" ? "中文" : "English"}</button></header>
    ${!up && html`<p class="away" role="status">${icon("offline")} ${t("Weak connection: this page may be a little late.")}</p>`}
    <${Body} view=${view} merge=${merge} />`;
}

render(html`<${Page} />`, document.getElementById("app"));
