// Owns the two sheets that rise from the foot: the accessible modes, and what became of a call for a person.
import { html, icon, useLayoutEffect, useRef } from "/static/lobby/page.js";
import { other, otherLang, t } from "/static/lobby/texts.js";
import { isOn, MODES, modeNames } from "./modes.js";
import { Both, Fit } from "./parts.js";

/** A dialog at the foot of the sheet: the focus stays in it, Escape and a touch beside it close it. */
function Sheet({ name, title, children, onClose }) {
  const box = useRef(null);
  useLayoutEffect(() => {
    box.current.showModal();
  }, []);
  return html`<dialog ref=${box} class="sheet" data-sheet=${name} aria-label=${title} onClose=${onClose}
    onClick=${(event) => event.target === box.current && box.current.close()}>
    <div class="inside">${children}
      <button class="go second" data-action="close" onClick=${() => box.current.close()}><${Both} text="Close" /></button></div>
  </dialog>`;
}

const Switch = ({ mode, sign, text, onToggle }) => html`<button class="switch" role="switch" data-mode=${mode} aria-checked=${isOn(mode)} aria-label=${t(text)} onClick=${() => onToggle(mode)}>
  <span class="badge">${icon(sign)}</span><${Fit} class="two" text=${text}><${Both} text=${text} /><//>
  <span class="state">${icon(isOn(mode) ? "check" : "close")}<b>${t(isOn(mode) ? "On" : "Off")}</b></span></button>`;

/** Each mode is one touch; all of them end when the customer has gone. */
export const ModesSheet = ({ onToggle, onClose }) => html`<${Sheet} name="modes" title=${t("Accessible")} onClose=${onClose}>
  <div class="title two"><h2>${t("Make this screen easier")}</h2><p lang=${otherLang()}>${other("Make this screen easier")}</p></div>
  <div class="switches" data-modes=${modeNames()}>${Object.entries(MODES).map(([mode, look]) => html`<${Switch} key=${mode} mode=${mode} ...${look} onToggle=${onToggle} />`)}</div>
<//>`;

const HELP = {
  asking: { sign: "bell", tone: "brand", title: "Calling our staff…", more: "One moment please" },
  called: { sign: "bell", tone: "brand", title: "Our staff have been called", more: "Please stay here, somebody will come to you." },
  coming: { sign: "check", tone: "ok", title: "Somebody is coming to you", more: "Please stay here. You can go on meanwhile." },
  failed: { sign: "offline", tone: "bad", title: "The call did not get through", more: "Please speak to our staff in the hall." },
};

/** @param {{state: "asking" | "called" | "coming" | "failed", onClose: Function}} props */
export function HelpSheet({ state, onClose }) {
  const { sign, tone, title, more } = HELP[state];
  return html`<${Sheet} name="help" title=${t("Call staff")} onClose=${onClose}>
    <div class="helped ${tone}" role="status" data-help=${state}><span class="badge">${icon(sign)}</span>
      <div><p class="two big"><${Both} text=${title} /></p><p class="two"><${Both} text=${more} /></p></div></div>
  <//>`;
}
