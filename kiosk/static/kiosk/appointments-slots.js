// Owns picking a slot: a row of days, and the times of the chosen day with what is free.
import { get } from "/static/lobby/api.js";
import { html, icon, timeOf, useEffect, useRef, useState } from "/static/lobby/page.js";
import { message, t } from "/static/lobby/texts.js";
import { addDays, dayParts } from "./appointments-words.js";

const DAYS = 7;
const MORNING = "08:30"; // a store that is open at all hours: the list starts where people book

/** The slots of a service on a day: null while they are asked for. */
export function useSlots(service, day, fresh) {
  const [state, set] = useState({ key: "", slots: null, trouble: "" });
  const key = `${service} ${day}`;
  useEffect(() => {
    if (!service) return undefined;
    let isOld = false;
    get(`/api/v1/slots?service=${encodeURIComponent(service)}&date=${day}`).then(
      ({ slots }) => isOld || set({ key, slots, trouble: "" }),
      (problem) => isOld || set({ key, slots: [], trouble: problem.detail || t("No connection to the server.") }),
    );
    return () => {
      isOld = true;
    };
  }, [key, fresh]);
  return state.key === key ? state : { slots: null, trouble: "" };
}

function Days({ day, today, horizon, pick }) {
  const row = Array.from({ length: Math.min(DAYS, horizon + 1) }, (_, n) => addDays(today, n));
  const far = !row.includes(day);
  return html`<div class="days" role="group" aria-label=${t("Day")}>
    ${row.map((one) => {
      const { near, date } = dayParts(one, today);
      return html`<button type="button" key=${one} aria-pressed=${one === day} data-day=${one} onClick=${() => pick(one)}><b>${near}</b><span>${date}</span></button>`;
    })}
    <label class=${far ? "on" : ""}><b>${t("Other day")}</b><span>${far ? dayParts(day, today).date : "…"}</span><input type="date" aria-label=${t("Other day")} value=${far ? day : ""} min=${today} max=${addDays(today, horizon)} onChange=${(event) => event.target.value && pick(event.target.value)} /></label>
  </div>`;
}

function Time({ slot, chosen, pick }) {
  const full = slot.free === 0;
  return html`<button type="button" class=${full ? "full" : ""} disabled=${full && !chosen} aria-pressed=${chosen} data-slot=${timeOf(slot.slot_at)} onClick=${() => pick(slot.slot_at)}>
    <b>${timeOf(slot.slot_at)}</b><span>${full ? t("Full") : t("{n} free", { n: slot.free })}</span></button>`;
}

function Times({ slots, chosen, pick }) {
  const box = useRef(null);
  const open = slots.filter(({ refusal }) => refusal === null);
  useEffect(() => {
    const target = box.current?.querySelector('[aria-pressed="true"]') ?? [...(box.current?.children ?? [])].find((one) => one.dataset.slot >= MORNING);
    if (target) box.current.scrollTop = target.offsetTop - box.current.offsetTop - 4;
  }, [slots]);
  if (slots.length === 0) return html`<p class="empty">${icon("moon")} ${t("The store is closed on this day. Choose another one.")}</p>`;
  if (open.length === 0) return html`<p class="empty">${icon("clock")} ${message(slots.at(-1).refusal)}</p>`;
  const none = open.every(({ free }) => free === 0);
  return html`${none ? html`<p class="empty">${icon("info")} ${t("Nothing is free on this day. Choose another one.")}</p>` : null}
    <div class="times" ref=${box} role="group" aria-label=${t("Time")} tabindex="0">${open.map((slot) => html`<${Time} key=${slot.slot_at} slot=${slot} chosen=${slot.slot_at === chosen} pick=${pick} />`)}</div>`;
}

export function SlotPicker({ service, day, today, horizon, chosen, loaded, pickDay, pick }) {
  return html`<fieldset class="pick"><legend>${t("Day and time")}</legend>
    <${Days} ...${{ day, today, horizon }} pick=${pickDay} />
    ${!service ? html`<p class="empty">${icon("arrow")} ${t("Choose the service first: then the free times stand here.")}</p>` : null}
    ${service && loaded.trouble ? html`<p class="fault" role="alert">${icon("warning")} ${loaded.trouble}</p>` : null}
    ${service && !loaded.trouble ? (loaded.slots === null ? html`<p class="empty" role="status">${t("One moment please")}</p>` : html`<${Times} slots=${loaded.slots} chosen=${chosen} pick=${pick} />`) : null}
  </fieldset>`;
}
