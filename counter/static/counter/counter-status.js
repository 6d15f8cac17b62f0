// Owns the line above the actions: what is being done, what was just done and may be undone, what comes next.
import { html, icon, useTick } from "/static/lobby/page.js";
import { t } from "/static/lobby/texts.js";
import { Action } from "./counter-frame.js";
import { action } from "./counter-actions.js";

/** What was done, in words. */
const DONE = {
  "call-next": (values) => t("Called {number}", values),
  "finish-and-call-next": (values) => t("Finished, and called {number}", values),
  call: (values) => t("Called {number}", values),
  resume: (values) => t("Called {number}", values),
  start: (values) => t("Service of {number} begun", values),
  finish: (values) => t("Finished {number}", values),
  "no-show": (values) => t("No-show: {number}", values),
  hold: (values) => t("{number} is on hold", values),
  transfer: (values) => t("Transferred {number}", values),
  "add-service": (values) => t("Service added for {number}", values),
  return: (values) => t("Put back {number}", values),
  cancel: (values) => t("Cancelled {number}", values),
  reinstate: (values) => t("Brought back {number}", values),
  prioritise: (values) => t("Put {number} first", values),
  "step-done": (values) => t("Step done for {number}", values),
  pause: () => t("Counter paused"),
  open: () => t("Counter opened"),
};

const secondsLeft = ({ until }, now) => Math.ceil((Date.parse(until) - now) / 1000);

export const unsure = (label) => t("“{action}” is not confirmed yet. It is asked again by itself and never done twice.", { action: label });

export const Doing = ({ label, unsure: isUnsure }) =>
  isUnsure
    ? html`<p class="doing unsure">${icon("offline")}<span>${unsure(label)}</span></p>`
    : html`<p class="doing"><i class="turning"></i><span>${label} …</span></p>`;

export function Undo({ data, now, ...rest }) {
  const left = secondsLeft(data.undo, now());
  return html`<p class="undoable" data-undoable><span>${DONE[data.undo.what]?.({ number: data.undo.number }) ?? t("Last action")}</span>
    <${Action} name="undo" action=${action(data, "undo", now())} aria-keyshortcuts="U" ...${rest}>${t("Undo")}<kbd aria-hidden="true">U</kbd><//>
    <small aria-hidden="true">${t("{n} s", { n: left })}</small></p>`;
}

/** Serve one, greet the second, mind the third: where the list is out of sight, the line says who they are. */
const After = ({ queue, next }) => {
  const after = queue.find(({ number }) => number !== next?.number);
  return html`<p class="then">${next ? html`<span>${t("Next")} <b>${next.number}</b></span>` : html`<span>${t("Nobody is waiting")}</span>`}${after ? html`<span>${t("After")} <b>${after.number}</b></span>` : null}</p>`;
};

export const undoableNow = (data, now) => Boolean(data.undo) && secondsLeft(data.undo, now) > 0;

export function Status({ data, doing, now, ...rest }) {
  useTick();
  const undoable = !doing && undoableNow(data, now());
  return html`<div class="status"><div role="status">${doing ? html`<${Doing} ...${doing} />` : null}${undoable ? html`<${Undo} data=${data} now=${now} ...${rest} />` : null}</div>
    <${After} queue=${data.queue} next=${data.next} /></div>`;
}
