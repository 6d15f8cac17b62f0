// Owns the foot of every scene: who is called, the accessible modes, and the call for a person, always in the same places.
import { html, icon } from "/static/lobby/page.js";
import { message, otherLang, other, t } from "/static/lobby/texts.js";
import { isOn, modeNames } from "./modes.js";
import { BackButton, Both, Calling, Fit, LanguageChoice } from "./parts.js";

const HELP = {
  none: { sign: "headset", text: "Call staff" },
  called: { sign: "bell", text: "Staff called" },
  coming: { sign: "check", text: "Staff coming" },
};

const Tool = ({ action, sign, text, pressed, tone = "", onTouch }) => html`<button class="tool ${tone}" data-action=${action} aria-pressed=${pressed} onClick=${onTouch}>
  ${icon(sign)}<span class="two"><${Both} text=${text} /></span></button>`;

/** The printer is in trouble: customers read that numbers go on, staff who pass by what to do. */
const NoPaper = ({ trouble }) => html`<${Fit} class="none note paper-out" text=${trouble.error?.text ?? ""}>${icon("printer")}${trouble.elsewhere
  ? html`${t("Slips come out at “{printer}” now", { printer: trouble.elsewhere })}<small lang=${otherLang()}>${other("Slips come out at “{printer}” now", { printer: trouble.elsewhere })}</small>`
  : html`${t("No paper slips now")}<small lang=${otherLang()}>${other("No paper slips now")}</small>`}
  <small class="do-this">${t("Staff: {what}", { what: message(trouble.error) })}</small><//>`;

/** What stands at the left: in low reach what the header held, else who is called. */
function Left({ calls, note, trouble, onLang, onBack }) {
  if (isOn("reach") && onBack) return html`<${BackButton} onBack=${onBack} />`;
  if (isOn("reach") && onLang) return html`<${LanguageChoice} onLang=${onLang} />`;
  if (note) return html`<${Fit} class="none note" text=${note}>${t(note)}<small lang=${otherLang()}>${other(note)}</small><//>`;
  if (trouble) return html`<${NoPaper} trouble=${trouble} />`;
  return html`<${Calling} calls=${calls} most=${1} />`;
}

/** @param {{calls: object[], help: "none" | "called" | "coming", note?: string, trouble?: object, onLang?: Function, onBack?: Function, onModes: Function, onHelp: Function}} props */
export const Footer = ({ calls, help, note, trouble, onLang, onBack, onModes, onHelp }) => html`<footer>
  <div class="left"><${Left} calls=${calls} note=${note} trouble=${trouble} onLang=${onLang} onBack=${onBack} /></div>
  <${Tool} action="modes" sign="access" text="Accessible" pressed=${modeNames() !== ""} onTouch=${onModes} />
  <${Tool} action="help" tone=${help} ...${HELP[help]} onTouch=${onHelp} />
</footer>`;
