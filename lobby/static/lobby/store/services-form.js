// Owns the form of one service, what it holds, and what of it is sent.
import { html, icon } from "/static/lobby/page.js";
import { t } from "/static/lobby/texts.js";
import { Field, Pair, Tick, typed } from "./parts.js";

/** A service as the form has it; a new one takes the first free letter and every counter that does everything. */
export function draftOf(service, { services, counters, free_letters }) {
  if (service === null) {
    const every = services.filter(({ retired }) => !retired).map(({ code }) => code);
    const able = counters.filter(({ skills }) => every.every((code) => skills.includes(code)));
    return { letter: free_letters[0] ?? "", ...typed("name"), icon: "question", ...typed("hint"), ...typed("group"), minutes: "7", daily_cap: "", shown: true, counters: able.map(({ number }) => number) };
  }
  return {
    letter: service.letter, ...typed("name", service.name), icon: service.icon, ...typed("hint", service.hint), ...typed("group", service.group),
    minutes: String(service.minutes), daily_cap: service.daily_cap === null ? "" : String(service.daily_cap), shown: service.shown,
  };
}

const number = (text) => (text.trim() === "" ? null : Number(text));

/** The command's arguments. */
export const sent = (draft, code) => ({ ...draft, ...(code && { code }), minutes: number(draft.minutes), daily_cap: number(draft.daily_cap) });

const Pictures = ({ icons, chosen, fault, onChoose }) => html`<div class="pictures" role="radiogroup" aria-label=${t("Picture")}>
  ${icons.map((name) => html`<label key=${name}><input type="radio" name="icon" value=${name} checked=${name === chosen} aria-label=${t("Picture {n}", { n: icons.indexOf(name) + 1 })} onChange=${() => onChoose(name)} />${icon(name)}</label>`)}
  ${fault && html`<p class="fault">${fault}</p>`}</div>`;

const Does = ({ counters, chosen, fault, onChoose }) => html`<div class="does" role="group" aria-labelledby="does"><p class="label" id="does">${t("Counters that do it")}</p>
  <div class="skills">${counters.map(({ number: n }) => html`<label key=${n}><input type="checkbox" value=${n} checked=${chosen.includes(n)}
    onChange=${(event) => onChoose(event.target.checked ? [...chosen, n] : chosen.filter((one) => one !== n))} /><span>${t("Counter {n}", { n })}</span></label>`)}</div>
  ${fault && html`<p class="fault">${fault}</p>`}</div>`;

export function Form({ state, draft, set, isNew, faults, busy, onSave, onRetire }) {
  const save = (event) => {
    event.preventDefault();
    onSave();
  };
  const minutesFault = Object.entries(faults).find(([field]) => field.endsWith(".mean"))?.[1] ?? faults.minutes;
  return html`<section class="panel" aria-labelledby="form"><h2 id="form">${isNew ? t("A new service") : t("This service")}</h2><form class="store-form" onSubmit=${save}>
    <${Pair} of="name" labels=${[t("Name in Chinese"), t("Name in English")]} longest=${[12, 28]} draft=${draft} set=${set} faults=${faults} required />
    <div class="thirds">
      <${Field} id="letter" label=${t("Letter of its numbers")} value=${draft.letter} maxlength="1" required fault=${faults.letter} onInput=${(letter) => set({ letter: letter.toUpperCase() })} />
      <${Field} id="minutes" label=${t("Usual minutes")} value=${draft.minutes} inputmode="decimal" required fault=${minutesFault} onInput=${(minutes) => set({ minutes })} />
      <${Field} id="daily_cap" label=${t("Most numbers a day")} value=${draft.daily_cap} inputmode="numeric" placeholder=${t("no limit")} fault=${faults.daily_cap} onInput=${(daily_cap) => set({ daily_cap })} /></div>
    ${!isNew && html`<p class="about">${t("A new letter counts from the next number on; numbers already given stay. Usual minutes are a first guess until enough services are measured.")}</p>`}
    <p class="label">${t("Picture")}</p><${Pictures} icons=${state.icons} chosen=${draft.icon} fault=${faults.icon} onChoose=${(icon) => set({ icon })} />
    <${Pair} of="hint" labels=${[t("Hint in Chinese, such as what to bring"), t("Hint in English")]} longest=${[20, 44]} draft=${draft} set=${set} faults=${faults} />
    <${Pair} of="group" labels=${[t("Group in Chinese"), t("Group in English")]} longest=${[12, 28]} draft=${draft} set=${set} faults=${faults} />
    <p class="about">${t("Hints stand on the card where there is room, up to six cards. Where not all services fit, kiosks show their groups first.")}</p>
    ${isNew && html`<${Does} counters=${state.counters} chosen=${draft.counters} fault=${faults.counters} onChoose=${(counters) => set({ counters })} />`}
    <${Tick} checked=${draft.shown} data-shown onChange=${(shown) => set({ shown })}>${t("Kiosks show it. Otherwise only staff give its numbers.")}<//>
    <div class="acts"><button class="go" disabled=${busy}>${isNew ? t("Add") : t("Save")}</button>
      ${onRetire && html`<button type="button" class="quiet" data-retire disabled=${busy} onClick=${onRetire}>${t("Retire this service")}</button>`}</div></form></section>`;
}
