// Owns the sheet in which the floor manager takes steps: its heading, the way back, and what went wrong.
import { html, icon, useLayoutEffect, useRef } from "/static/lobby/page.js";
import { t } from "/static/lobby/texts.js";

/** A tap beside it closes it too. */
export function Sheet({ kind, title, about, trouble, close, children }) {
  const box = useRef(null);
  useLayoutEffect(() => box.current.showModal(), []);
  const shut = () => box.current.close();
  return html`<dialog ref=${box} class=${`sheet ${kind}`} aria-labelledby=${kind} onClose=${close} onClick=${(event) => event.target === box.current && shut()}>
    <div><header><h2 id=${kind}>${title} <span>${about}</span></h2><button type="button" class="shut-it" onClick=${shut}>${t("Done")}</button></header>
    ${trouble ? html`<p class="trouble" role="alert">${icon("warning")}${trouble}</p>` : null}
    ${children}</div>
  </dialog>`;
}
