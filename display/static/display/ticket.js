// Owns the ticket on a customer's phone: which view its state asks for, its language, and when the phone makes itself heard.
import { html, icon, render, timeOf, useEffect, useLayoutEffect, useState } from "/static/lobby/page.js";
import { keepLang, lang, name, t } from "/static/lobby/texts.js";
import { Alarm } from "./alarm.js";
import { Actions } from "./ticket-actions.js";
import { useTicket } from "./ticket-line.js";
import { Called, Goodbye, Said, Unknown } from "./ticket-said.js";
import { isClose, Waiting } from "./ticket-waiting.js";

const { token, storeZh, storeEn } = document.body.dataset;
const PATH = `/api/v1/tickets/${token}`;
const STORE = { zh: storeZh, en: storeEn };
const alarm = new Alarm();

function Line({ view }) {
  if (view.line === "live" || view.line === "") return null;
  const words = view.line === "cut" ? t("No connection. This is how it was at {time}.", { time: timeOf(view.asOf) }) : t("Weak connection: this page may be a little late.");
  return html`<p class="away" role="status" data-line=${view.line}>${icon("offline")} ${words}</p>`;
}

function Body({ view, take }) {
  const { ticket } = view;
  if (view.unknown) return html`<main><${Unknown} /></main>`;
  if (ticket.over) return html`<main><${Goodbye} ticket=${ticket} /></main>`;
  if (ticket.state === "called") return html`<main class="turn"><${Called} ticket=${ticket} /></main>`;
  if (ticket.state !== "waiting") return html`<main><${Said} ticket=${ticket} path=${PATH} onDone=${take} /></main>`;
  return html`<main><${Waiting} ticket=${ticket} calls=${view.line === "live" ? view.calls : []} alarm=${alarm} /></main><${Actions} path=${PATH} ticket=${ticket} onDone=${take} />`;
}

function Page() {
  const [view, take] = useTicket(token);
  const [, setLanguage] = useState(lang());
  const { ticket, store } = view;
  const isCalled = ticket?.state === "called" && !ticket.over;
  useLayoutEffect(() => {
    if (!ticket) return;
    document.body.classList.toggle("calling", isCalled); // with the new words, not a moment after them
    scrollTo(0, 0); // the news is at the top
  }, [ticket?.state, ticket?.called_at]);
  useEffect(() => {
    if (ticket) alarm.tell(ticket, t("It is your turn"));
  }, [ticket?.state, ticket?.called_at]);
  useEffect(() => {
    if (ticket) alarm.near(isClose(ticket));
  }, [ticket?.state, ticket?.people_ahead]);
  if (!ticket && !view.unknown) {
    const words = view.line === "cut" ? t("No connection to the server. Trying again…") : t("Connecting…");
    return html`<main class="start"><span class="mark">${icon("mark")}</span><p role="status">${words}</p></main>`;
  }
  const next = lang() === "zh" ? "en" : "zh";
  const turn = () => {
    keepLang(next);
    setLanguage(next);
  };
  return html`<header><b>${name(store?.name ?? STORE)}</b><button lang=${next === "zh" ? "zh-CN" : "en"} data-lang-choice=${next} onClick=${turn}>${next === "zh" ? "中文" : "English"}</button></header>
    ${!ticket?.over && !view.unknown && html`<${Line} view=${view} />`}
    <${Body} view=${view} take=${take} />
    ${store?.texts.phone_note && html`<aside class="own-note">${name(store.texts.phone_note)}</aside>`}`;
}

render(html`<${Page} />`, document.getElementById("app"));
