// Owns paper on the counter page: printers that need a hand, and the customer's slip once more.
import { post } from "/static/lobby/api.js";
import { html, icon, useState } from "/static/lobby/page.js";
import { message, t } from "/static/lobby/texts.js";

/** Printers in trouble, in words somebody at a counter can act on. */
export const PrinterTroubles = ({ printers }) => (printers.length
  ? html`<section class="printers" aria-label=${t("Printers")}>${printers.map((printer) => html`<p key=${printer.name} class=${printer.state} data-printer=${printer.name}>${icon("printer")}<span><b>${printer.name}</b> ${message(printer.error) || t("The paper roll ends soon. Keep a new one at hand.")}</span></p>`)}</section>`
  : null);

/** The customer has no slip, or lost it: one more, marked as a reprint. */
export function PrintAgain({ current }) {
  const [said, say] = useState(null);
  async function again() {
    say(["…"]);
    await post(`/api/v1/tickets/${current.token}/reprint`).then(
      ({ printer }) => say(["The slip comes out at {printer}", { printer }]),
      (problem) => say(problem.text ? [problem.text, problem.values] : ["No connection to the server."]),
    );
  }
  return html`<span class="again"><button type="button" data-action="print-again" onClick=${again}>${icon("printer")}${t("Print slip")}</button><small role="status">${said ? (said[0] === "…" ? "…" : t(...said)) : ""}</small></span>`;
}
