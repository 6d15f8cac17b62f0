// Owns the public holidays of a country, of which an administrator chooses; nothing is closed by itself.
import { get } from "/static/lobby/api.js";
import { html, useEffect, useState } from "/static/lobby/page.js";
import { lang, name, t } from "/static/lobby/texts.js";
import { Spans, joined } from "./spans.js";

const countryName = (code) => new Intl.DisplayNames([lang() === "en" ? "en" : "zh-CN"], { type: "region" }).of(code) ?? code;

const Choice = ({ day, checked, known, onChange }) => html`<label class="holiday"><input type="checkbox" value=${day.date} checked=${checked} disabled=${known} onChange=${(event) => onChange(event.target.checked)} />
  <b class="date">${day.date}</b><span>${name(day.name)}${known && html` <em>${t("set already")}</em>`}</span></label>`;

export function Holidays({ state, busy, onAdd }) {
  const [country, setCountry] = useState(state.country);
  const [days, setDays] = useState(null); // null: being fetched
  const [trouble, setTrouble] = useState("");
  const [chosen, choose] = useState([]);
  const [spans, setSpans] = useState([]);
  const known = new Set(state.days.map((day) => day.date));
  useEffect(() => {
    setDays(null);
    choose([]);
    get(`/api/v1/holidays?country=${country}`).then(
      ({ holidays }) => { setDays(holidays); setTrouble(""); },
      (problem) => { setDays([]); setTrouble(problem.detail || t("No connection to the server.")); },
    );
  }, [country]);
  async function add() {
    const wanted = days.filter(({ date }) => chosen.includes(date)).map((day) => ({ date: day.date, name_zh: day.name.zh.slice(0, 20), name_en: day.name.en.slice(0, 40), hours: joined(spans) }));
    if (await onAdd(wanted)) choose([]);
  }
  const sorted = [...state.countries].sort((one, other) => countryName(one).localeCompare(countryName(other)));
  return html`<section class="panel" aria-labelledby="holidays"><h2 id="holidays">${t("Public holidays")}</h2>
    <p>${t("Choose the ones on which this store closes or has other hours. Nothing is changed by itself.")}</p>
    <div class="field"><label for="country">${t("Country or region")}</label><select id="country" value=${country} onChange=${(event) => setCountry(event.target.value)}>${sorted.map((code) => html`<option key=${code} value=${code}>${countryName(code)}</option>`)}</select></div>
    ${trouble && html`<p class="fault" role="alert">${trouble}</p>`}
    ${days === null ? html`<p role="status">${t("Loading…")}</p>` : html`<div class="holiday-list" tabindex="0" role="group" aria-labelledby="holidays">${days.map((day) => html`<${Choice} key=${day.date} day=${day} known=${known.has(day.date)} checked=${chosen.includes(day.date)}
      onChange=${(on) => choose(on ? [...chosen, day.date] : chosen.filter((date) => date !== day.date))} />`)}</div>`}
    <div class="field"><p class="label">${t("Hours of the chosen days")}</p><${Spans} spans=${spans} label=${t("Public holidays")} onChange=${setSpans} /></div>
    <div class="acts"><button type="button" class="go" data-take disabled=${busy || chosen.length === 0} onClick=${add}>${t("Add the chosen days ({n})", { n: chosen.length })}</button></div></section>`;
}
