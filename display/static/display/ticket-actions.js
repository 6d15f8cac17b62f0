// Owns what a waiting customer may do on the phone: let one person pass, give the place up. Both are asked for once more.
import { post } from "/static/lobby/api.js";
import { html, useRef, useState } from "/static/lobby/page.js";
import { t } from "/static/lobby/texts.js";
import { ANSWER_MS } from "./ticket-line.js";

/** A sheet from below: {title, children, yes, no}; `act()` is a promise of what `onDone` gets. It closes once that is done. */
function Sheet({ sheet, id, title, children, yes, no, keep, act, onDone }) {
  const [fault, setFault] = useState("");
  const [busy, setBusy] = useState(false);
  const close = () => {
    setFault("");
    sheet.current.close();
  };
  const confirm = () => {
    setBusy(true);
    act()
      .then((done) => {
        close();
        onDone(done);
      })
      .catch((problem) => setFault(problem.detail || t("No connection to the server. Please try again.")))
      .finally(() => setBusy(false));
  };
  const [first, second] = keep
    ? [html`<button class="p" data-action="keep" onClick=${close}>${no}</button>`, html`<button class="s" data-action="confirm" disabled=${busy} onClick=${confirm}>${yes}</button>`]
    : [html`<button class="p" data-action="confirm" disabled=${busy} onClick=${confirm}>${yes}</button>`, html`<button class="q" data-action="keep" onClick=${close}>${no}</button>`];
  return html`<dialog ref=${sheet} data-sheet=${id} aria-labelledby=${`ask-${id}`}><h2 id=${`ask-${id}`}>${title}</h2>${children}
    ${fault && html`<p class="fault" role="alert">${fault}</p>`}${first}${second}</dialog>`;
}

/** Stepping behind the next one, for who needs a moment more. `passed` makes a repeated tap harmless. */
function LetPass({ path, ticket, onDone }) {
  const sheet = useRef(null);
  const left = ticket.passes_left;
  const limit = html`<p class="small" id="left" role="status">${left > 0
    ? ticket.passes > 0 && t("You have let {passed} pass; {left} more possible.", { passed: ticket.passes, left })
    : t("You have let {passes} people pass. That is as many as one number can.", { passes: ticket.passes })}</p>`;
  return html`<button class="p" data-action="let-pass" disabled=${left <= 0} aria-describedby="left" onClick=${() => sheet.current.showModal()}>${t("Let one person pass")}</button>${limit}
    <${Sheet} sheet=${sheet} id="let-pass" title=${t("Let the next person go first?")} yes=${t("Yes, let one pass")} no=${t("Keep my place")}
      act=${() => post(`${path}/let-pass`, { passed: ticket.passes }, ANSWER_MS)} onDone=${onDone}>
      <p>${t("You move one place back and will be called a little later. Still possible: {left}×.", { left })}</p></${Sheet}>`;
}

/** Giving the place up cannot be taken back here. */
function Cancel({ path, onDone }) {
  const sheet = useRef(null);
  return html`<button class="s" data-action="cancel" onClick=${() => sheet.current.showModal()}>${t("Give up my place")}</button>
    <${Sheet} sheet=${sheet} id="cancel" keep title=${t("Give up your place?")} yes=${t("Yes, give it up")} no=${t("Keep my place")}
      act=${() => post(`${path}/cancel`, {}, ANSWER_MS)} onDone=${onDone}><p>${t("Your number will no longer be called.")}</p></${Sheet}>`;
}

export const Actions = ({ path, ticket, onDone }) => html`<footer><${LetPass} path=${path} ticket=${ticket} onDone=${onDone} /><${Cancel} path=${path} onDone=${onDone} /></footer>`;
