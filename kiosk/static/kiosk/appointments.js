// Owns the appointments page: the day or list on the left, one booking or the form on the right, kept fresh by the live line.
import { get } from "/static/lobby/api.js";
import { follow } from "/static/lobby/live.js";
import { html, icon, Offline, render, useEffect, useRef, useState, useTick, wallClock } from "/static/lobby/page.js";
import { keepLang, lang, name, t } from "/static/lobby/texts.js";
import { Booked, Detail } from "./appointments-detail.js";
import { BookingForm } from "./appointments-form.js";
import { Day, Reminders } from "./appointments-lists.js";
import { addDays, dayName, dayOf, dayParts } from "./appointments-words.js";

const root = document.getElementById("app");
const page = JSON.parse(root.dataset.page);
const REST_MS = 400; // a burst of changes asks once
let live = { now: Date.now };

/** {store, version, up}: the public board tells when anything in the lobby changed. */
function useLobby() {
  const [lobby, set] = useState({ store: null, version: 0, up: true });
  const rest = useRef(null);
  useEffect(() => {
    live = follow({ screen: "display" }, {
      snapshot: ({ store, version }) => {
        clearTimeout(rest.current);
        rest.current = setTimeout(() => set((old) => ({ ...old, store, version })), REST_MS);
      },
      connection: (up) => set((old) => ({ ...old, up })),
    });
  }, []);
  return lobby;
}

/** The list at an address: null while it is asked for the first time. */
function useList(address, fresh) {
  const [state, set] = useState({ address: "", visits: null, trouble: "" });
  useEffect(() => {
    let isOld = false;
    get(address).then(
      ({ appointments }) => isOld || set({ address, visits: appointments, trouble: "" }),
      (problem) => (problem.status === 401 ? location.reload() : isOld || set({ address, visits: [], trouble: problem.detail || t("No connection to the server.") })),
    );
    return () => {
      isOld = true;
    };
  }, [address, fresh]);
  return state.address === address ? state : { visits: null, trouble: "" };
}

const Language = ({ turn }) => html`<div class="seg" role="group" aria-label=${t("Language")}>
  <button type="button" lang="zh-CN" aria-pressed=${lang() === "zh"} onClick=${() => turn("zh")}>中文</button><button type="button" lang="en" aria-pressed=${lang() === "en"} onClick=${() => turn("en")}>English</button></div>`;

function Header({ lobby, find, turn }) {
  const [text, setText] = useState("");
  const submit = (event) => {
    event.preventDefault();
    find(text.trim());
  };
  const { day, time } = wallClock(live.now(), page.timezone);
  return html`<header><h1>${t("Appointments")}</h1><span class="where">${name(lobby.store?.name)} · ${day} <time>${time}</time></span>
    <form role="search" onSubmit=${submit}><input type="search" aria-label=${t("Find by phone or booking code")} placeholder=${t("Phone, its last 4 digits, or booking code")} maxlength="20" value=${text} onInput=${(event) => { setText(event.target.value); if (!event.target.value) find(""); }} /><button class="s">${t("Find")}</button></form>
    <nav><a class="link" href="/counter">${t("Counter")}</a>${page.manager ? html`<a class="link" href="/floor">${t("Floor")}</a>` : null}</nav><${Language} turn=${turn} /></header>`;
}

function Bar({ view, day, panel, today, go }) {
  const { near } = dayParts(day, today);
  return html`<section class="bar-of-day" aria-label=${t("Choose what to show")}>
    <div class="seg" role="group" aria-label=${t("List")}><button type="button" aria-pressed=${view === "day"} data-view="day" onClick=${() => go({ view: "day", find: "", day: today })}>${t("Visits of a day")}</button>
      <button type="button" aria-pressed=${view === "remind"} data-view="remind" onClick=${() => go({ view: "remind", find: "", day: addDays(today, 1) })}>${t("Reminder list")}</button></div>
    <div class="walk"><button type="button" class="s" aria-label=${t("Day before")} onClick=${() => go({ day: addDays(day, -1), find: "" })}>‹</button>
      <label><b>${near}</b> ${dayName(day)}<input type="date" aria-label=${t("Day")} value=${day} onChange=${(event) => event.target.value && go({ day: event.target.value, find: "" })} /></label>
      <button type="button" class="s" aria-label=${t("Day after")} onClick=${() => go({ day: addDays(day, 1), find: "" })}>›</button></div>
    ${panel === "form" ? null : html`<button type="button" class="p" data-action="new" onClick=${() => go({ panel: "form", code: "", form: Math.random() })}>${t("New appointment")}</button>`}
  </section>`;
}

function Side({ at, go, lobby, today, fresh, changed }) {
  const store = lobby.store.name;
  const show = (code) => go({ panel: "detail", code });
  const leave = () => go({ panel: "form", code: "" });
  if (at.panel === "detail") return html`<${Detail} ...${{ code: at.code, now: live.now(), fresh, store, leave, changed }} change=${(booking) => go({ panel: "change", booking })} />`;
  if (at.panel === "booked") return html`<${Booked} booking=${at.booking} changed=${at.changed} store=${store} show=${show} another=${() => go({ panel: "form", code: "", form: Math.random() })} />`;
  const booking = at.panel === "change" ? at.booking : null;
  const done = (after) => {
    go({ panel: "booked", booking: after, changed: Boolean(booking), code: after.code, ...(at.view === "day" && !at.find ? { day: after.slot_at.slice(0, 10) } : {}) });
    changed();
  };
  const first = at.day >= today ? at.day : today;
  return html`<${BookingForm} key=${booking ? booking.code : at.form} ...${{ page, booking, today, fresh, done, show }} day=${first} leave=${() => show(at.code)} />`;
}

function Page() {
  useTick(15_000);
  const lobby = useLobby();
  const [, setLanguage] = useState(lang());
  const [own, setOwn] = useState(0);
  const today = dayOf(live.now(), page.timezone);
  const [at, setAt] = useState({ view: "day", day: today, find: "", panel: "form", code: "", booking: null, form: 0 });
  const go = (change) => setAt((old) => ({ ...old, ...change }));
  const side = useRef(null);
  useEffect(() => {
    side.current?.scrollTo(0, 0); // another panel begins at its top
    if (at.panel === "booked") side.current?.querySelector("h2").focus();
  }, [at.panel, at.code, at.form]);
  const turn = (code) => (keepLang(code), setLanguage(code), (document.title = t("Appointments")));
  const fresh = `${lobby.version} ${own}`;
  const changed = () => setOwn((n) => n + 1);
  const address = at.find ? `/api/v1/appointments?find=${encodeURIComponent(at.find)}` : `/api/v1/${at.view === "day" ? "appointments" : "reminders"}?date=${at.day}`;
  const { visits, trouble } = useList(address, fresh);
  if (!lobby.store) return html`<${Offline} up=${lobby.up} /><main class="loading"><h1>${t("Connecting…")}</h1></main>`;
  const show = (code) => go({ panel: "detail", code });
  return html`<${Header} lobby=${lobby} find=${(find) => go({ find })} turn=${turn} />
    <${Bar} view=${at.view} day=${at.day} panel=${at.panel} today=${today} go=${go} />
    <main><section class="list" aria-label=${at.find ? t("Found") : at.view === "day" ? t("Visits of a day") : t("Reminder list")}>
      ${at.find ? html`<p class="found">${t("Found for “{text}”", { text: at.find })} <button type="button" class="plain" onClick=${() => go({ find: "" })}>${t("Back to the day")}</button></p>` : null}
      ${trouble ? html`<p class="fault" role="alert">${icon("warning")} ${trouble}</p>` : at.view === "day" || at.find ? html`<${Day} visits=${visits} now=${live.now()} chosen=${at.code} show=${show} found=${Boolean(at.find)} book=${() => go({ panel: "form", code: "", form: Math.random() })} />` : html`<${Reminders} visits=${visits} day=${at.day} changed=${changed} />`}
    </section><aside ref=${side}><${Side} ...${{ at, go, lobby, today, fresh, changed }} /></aside></main>
    <${Offline} up=${lobby.up} />`;
}

render(html`<${Page} />`, root);
