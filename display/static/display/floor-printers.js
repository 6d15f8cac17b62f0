// Owns the printers on the floor page: which need a hand and what to do, whose roll ends, and printing a slip again.
import { post } from "/static/lobby/api.js";
import { html, icon, timeOf, useState } from "/static/lobby/page.js";
import { message, t } from "/static/lobby/texts.js";
import { AlertSteps } from "./floor-alerts.js";

const Waiting = ({ printer }) => (printer.pending ? html`<em>${t("{n} slips waiting", { n: printer.pending })}</em>` : null);

/** A failed printer says itself why; without a reason it is at least named. A roll near its end is said before it ends. */
export function PrinterAlerts({ printers, alerts, own }) {
  const alertOf = ({ name }) => alerts.find(({ kind, said }) => kind === "printer_failed" && said.values.printer === name);
  const failed = printers.filter(({ state }) => state === "failed");
  const low = printers.filter(({ state, paper_low }) => state !== "failed" && paper_low);
  if (!failed.length && !low.length) return null;
  return html`<section class="al" aria-label=${t("Needs attention")}>
    ${failed.map((printer) => html`<p key=${printer.name} data-printer=${printer.name}>${icon("printer")}<span><b>${printer.name}</b> ${message(printer.error) || t("The printer does not print.")}<${Waiting} printer=${printer} /></span>${alertOf(printer) ? html`<${AlertSteps} alert=${alertOf(printer)} own=${own} />` : null}</p>`)}
    ${low.map((printer) => html`<p key=${printer.name} class="low" data-printer=${printer.name}>${icon("printer")}<span><b>${printer.name}</b> ${t("The paper roll ends soon. Keep a new one at hand.")}</span></p>`)}
  </section>`;
}

const SAID_MS = 4000;
const PAPER = {
  pending: { sign: "clock", text: "waits for the printer" },
  printing: { sign: "printer", text: "is being printed" },
  printed: { sign: "check", text: "printed" },
  failed: { sign: "warning", text: "not printed" },
  unknown: { sign: "question", text: "sent; the printer does not say what became of it" },
};

/** One slip with what became of it; the button prints it once more, marked as a reprint. */
function Slip({ slip, printer }) {
  const [state, setState] = useState("");
  async function again() {
    setState("sending");
    await post(`/api/v1/tickets/${slip.token}/reprint`, { printer }).then(() => { setState("asked"); setTimeout(() => setState(""), SAID_MS); }, ({ detail }) => setState(detail || t("No connection to the server.")));
  }
  const { sign, text } = PAPER[slip.print];
  return html`<li data-slip=${slip.number}><b>${slip.number}</b><time>${timeOf(slip.issued_at)}</time><span class=${`pa ${slip.print}`}>${icon(sign)}${t(text)}</span>
    <button type="button" disabled=${state === "sending"} aria-label=${t("Print {number} again", { number: slip.number })} onClick=${again}>${state === "asked" ? t("On its way") : t("Print again")}</button>
    ${state && state !== "asked" && state !== "sending" ? html`<em role="alert">${state}</em>` : null}</li>`;
}

const STATES = {
  ok: (printer) => (printer.answers === null ? t("not asked yet") : printer.answers ? t("works") : t("does not say how it is")),
  printing: () => t("is printing"),
  failed: (printer) => message(printer.error),
};

const Printer = ({ printer }) => html`<section class="one" aria-label=${printer.name}>
  <h3>${icon("printer")}${printer.name}<span class=${printer.state}>${STATES[printer.state](printer)}</span></h3>
  ${printer.slips.length ? html`<ul>${printer.slips.map((slip) => html`<${Slip} key=${slip.job} slip=${slip} printer=${printer.name} />`)}</ul>` : html`<p>${t("No slip today that somebody still waits with.")}</p>`}
</section>`;

/** Closed until somebody needs it. */
export function Printers({ printers }) {
  if (!printers.length) return null;
  return html`<details class="p prt"><summary><h2>${t("Printers")}<span>${t("Print a slip again")}</span></h2></summary>
    <div>${printers.map((printer) => html`<${Printer} key=${printer.name} printer=${printer} />`)}</div></details>`;
}
