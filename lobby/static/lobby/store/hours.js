// Owns the page of opening hours: the week, special days, holidays to choose from, and visits booked outside.
import { html, render, timeOf, useState } from "/static/lobby/page.js";
import { name, t } from "/static/lobby/texts.js";
import { Holidays } from "./holidays.js";
import { Month, weekdays } from "./month.js";
import { Field, Outcome, Pair, Question, Tick, typed, usePage } from "./parts.js";
import { Spans, joined, parsed, read } from "./spans.js";

const USUAL = Array.from({ length: 7 }, () => [["09:00", "18:00"]]);
const weekOf = (state) => (state.hours.length ? state.hours.map(parsed) : null);
const blank = (date, spans = []) => ({ date, ...typed("name"), spans });

function Week({ week, set, faults, busy, onSave }) {
  const put = (at, spans) => set(week.map((day, n) => (n === at ? spans : day)));
  const save = (event) => {
    event.preventDefault();
    onSave();
  };
  return html`<section class="panel" aria-labelledby="week"><h2 id="week">${t("Usual week")}</h2><form class="store-form" onSubmit=${save}>
    <${Tick} checked=${week === null} data-always onChange=${(always) => set(always ? null : USUAL)}>${t("Open at all hours")}<//>
    ${week && html`<div class="week">${weekdays("long").map((day, at) => html`<div class="weekday" key=${at} data-weekday=${at}><b>${day}</b><${Spans} spans=${week[at]} label=${day} fault=${faults[`hours.${at}`]} onChange=${(spans) => put(at, spans)} /></div>`)}</div>
      <button type="button" class="quiet" onClick=${() => set(week.map((spans, at) => (at < 5 ? week[0] : spans)))}>${t("Monday's hours until Friday")}</button>`}
    <div class="acts"><button class="go" data-save-week disabled=${busy}>${t("Save")}</button></div></form></section>`;
}

function DayForm({ draft, set, today, known, faults, busy, onSave, onRemove }) {
  const save = (event) => {
    event.preventDefault();
    onSave();
  };
  const own = (field) => faults[`days.0.${field}`];
  return html`<form class="store-form" onSubmit=${save}><h3>${known ? t("Change a special day") : t("Another special day")}</h3>
    <${Field} id="date" type="date" label=${t("Day")} min=${today} required value=${draft.date} fault=${own("date")} onInput=${(date) => set({ date })} />
    <${Pair} of="name" labels=${[t("Name in Chinese"), t("Name in English")]} longest=${[20, 40]} draft=${draft} set=${set} faults=${{ name_zh: own("name_zh"), name_en: own("name_en") }} required />
    <div class="field"><p class="label">${t("Hours of this day")}</p><${Spans} spans=${draft.spans} label=${draft.date || t("Day")} fault=${own("hours")} onChange=${(spans) => set({ spans })} /></div>
    <div class="acts"><button class="go" data-save-day disabled=${busy}>${known ? t("Save") : t("Add")}</button>
      ${known && html`<button type="button" class="quiet" data-remove disabled=${busy} onClick=${onRemove}>${t("Make it a usual day")}</button>`}</div></form>`;
}

const Days = ({ days, chosen, onChoose }) => days.length === 0 ? html`<p>${t("None yet. Choose a day in the month, or take public holidays from the list.")}</p>`
  : html`<ul class="days">${days.map((day) => html`<li key=${day.date}><button type="button" class="pick" aria-pressed=${day.date === chosen} data-special=${day.date} onClick=${() => onChoose(day.date)}>
    <b class="date">${day.date}</b><span class="called"><b>${name(day.name)}</b><small>${read(parsed(day.hours))}</small></span></button></li>`)}</ul>`;

const Visits = ({ visits }) => html`<ul class="visits">${visits.map((one) => html`<li key=${one.code}><b>${one.at.slice(0, 10)} ${timeOf(one.at)}</b><span>${name(one.service)}</span><span>${one.name} ${one.phone}</span></li>`)}</ul>`;

function Page() {
  const { state, said, busy, run, hush } = usePage();
  const [week, setWeek] = useState(() => weekOf(state));
  const [draft, setDraft] = useState(() => blank(""));
  const [asked, ask] = useState(null); // the change that left visits outside: {command, body}
  const outside = said.problem?.code === "bookings_outside" ? said.problem.values.bookings : null;
  const known = state.days.find((day) => day.date === draft.date);

  async function change(command, body, words) {
    ask({ command, body, words });
    const answer = await run(command, body, words);
    if (answer && command === "hours-set") setWeek(weekOf({ ...state, ...answer.page }));
    return answer;
  }
  function choose(date) {
    const day = state.days.find((one) => one.date === date);
    setDraft(day ? { date, ...typed("name", day.name), spans: parsed(day.hours) } : blank(date));
    hush();
  }
  const { date, spans, ...names } = draft;
  const saveDay = async () => {
    const answer = await change("special-days-set", { days: [{ date, ...names, hours: joined(spans) }] }, t("The day is saved."));
    if (answer) setDraft(blank(""));
  };
  const remove = async () => {
    if (await change("special-days-set", { remove: [date] }, t("A usual day again."))) setDraft(blank(""));
  };
  return html`<${Outcome} said=${outside ? { tone: "", text: "", faults: {} } : said} />
    ${state.outside.length > 0 && html`<section class="notice warn" aria-labelledby="outside"><h2 id="outside">${t("Visits booked outside the hours")}</h2>
      <p>${t("They stay booked, and nobody tells the customers. Call them, and move or cancel their visits.")} <a href="/appointments">${t("Appointments")}</a></p><${Visits} visits=${state.outside} /></section>`}
    <div class="two"><${Week} week=${week} set=${setWeek} faults=${said.faults} busy=${busy} onSave=${() => change("hours-set", { hours: week ? week.map(joined) : [] })} />
      <section class="panel" aria-labelledby="month"><h2 id="month">${t("What is open")}</h2><${Month} today=${state.today} week=${week} days=${state.days} chosen=${draft.date} onChoose=${choose} /></section></div>
    <div class="two"><section class="panel" aria-labelledby="special"><h2 id="special">${t("Special days")}</h2>
        <p>${t("Closed, or open at other hours. Kiosks and displays show the name on the day.")}</p><${Days} days=${state.days} chosen=${draft.date} onChoose=${choose} />
        <${DayForm} draft=${draft} set=${(part) => setDraft({ ...draft, ...part })} today=${state.today} known=${known} faults=${said.faults} busy=${busy} onSave=${saveDay} onRemove=${remove} /></section>
      <${Holidays} state=${state} busy=${busy} onAdd=${(days) => change("special-days-set", { days }, t("The holidays are saved."))} /></div>
    ${outside && html`<${Question} title=${t("Visits are booked for then")} go=${t("Change the hours anyway")} onGo=${() => change(asked.command, { ...asked.body, accept_outside: true }, asked.words)} onClose=${hush}>
      <p>${said.text}</p><${Visits} visits=${outside} /><//>`}`;
}

render(html`<${Page} />`, document.getElementById("app"));
