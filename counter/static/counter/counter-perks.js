// Owns the limited perks of the VIP at the counter: what is left of each, a key to use one, undoing it.
import { html, timeOf } from "/static/lobby/page.js";
import { lang, message, name, t } from "/static/lobby/texts.js";
import { Action } from "./counter-frame.js";

const MOST_DOTS = 6;

/** Using a perk as an action of the counter. The server makes the key of the next use, so a repeat counts once. */
const useOf = (perk, onlooker) => ({ id: `perks/${perk.code}/use`, label: name(perk.name), body: { request_key: perk.request_key }, why: onlooker ?? (message(perk.why) || null), bare: true });
const undoOf = (perk) => ({ id: `perks/${perk.code}/undo`, label: t("Undo"), body: { use: perk.last.use }, why: null, bare: true });

/** The use that a digit stands for, or null. */
export function perkOfKey({ current, onlooker }, key) {
  const perk = /^[1-9]$/.test(key) ? current?.perks[Number(key) - 1] : null;
  return perk ? useOf(perk, onlooker) : null;
}

/** A picture of what is left: a dot for each, or a bar where there are too many. */
function Meter({ left, quota }) {
  if (quota > MOST_DOTS) return html`<span class="bar" aria-hidden="true"><i style=${{ width: `${(100 * left) / quota}%` }}></i></span>`;
  return html`<span class="dots" aria-hidden="true">${Array.from({ length: quota }, (_, at) => html`<i class=${at < left ? "left" : ""}></i>`)}</span>`;
}

const dayOf = (day) => new Intl.DateTimeFormat(lang() === "en" ? "en-GB" : "zh-CN", { month: lang() === "en" ? "short" : "long", day: "numeric", timeZone: "UTC" }).format(Date.parse(day));

function leftOf({ left, quota, period, renews_on }) {
  if (left === 0) return t("none until {day}", { day: dayOf(renews_on) });
  return period === "year" ? t("{left} of {quota} this year", { left, quota }) : t("{left} of {quota} this month", { left, quota });
}

function Perk({ perk, at, onlooker, mayUndo, ...rest }) {
  const use = useOf(perk, onlooker);
  const label = t("Use {perk}: {left}", { perk: name(perk.name), left: leftOf(perk) });
  const undo = perk.last && t("Undo {perk}, used at {time} by {name}", { perk: name(perk.name), time: perk.last.today ? timeOf(perk.last.at) : perk.last.at.slice(0, 10), name: perk.last.staff });
  return html`<li class=${perk.left ? "" : "empty"} data-perk=${perk.code} data-left=${perk.left}>
    <${Action} name=${use.id} action=${use} class="use" aria-label=${label} aria-keyshortcuts=${at + 1} ...${rest}>
      <b>${name(perk.name)}</b><span class="rest"><${Meter} ...${perk} /><span>${leftOf(perk)}</span></span><kbd aria-hidden="true">${at + 1}</kbd><//>
    ${perk.last && mayUndo(perk.last) ? html`<${Action} name=${`perks/${perk.code}/undo`} action=${undoOf(perk)} class="undo" aria-label=${undo} ...${rest}>${t("Undo")}<//>` : null}
  </li>`;
}

export function Perks({ current, onlooker, staff, manager, ...rest }) {
  if (!current.perks.length) return null;
  const mayUndo = (last) => !onlooker && (manager || (last.staff === staff && last.today));
  const keys = { onlooker, mayUndo, up: rest.up, busy: rest.busy, act: rest.act };
  return html`<ul class="perks" aria-label=${t("Perks of this customer")}>${current.perks.map((perk, at) => html`<${Perk} key=${perk.code} perk=${perk} at=${at} ...${keys} />`)}</ul>`;
}
