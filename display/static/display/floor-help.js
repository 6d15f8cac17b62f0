// Owns the kiosks on the floor page where somebody asks for a person: who waits how long, and the one touch that says "I am going".
import { post } from "/static/lobby/api.js";
import { html, icon, minutes, useState } from "/static/lobby/page.js";
import { t } from "/static/lobby/texts.js";

const REPEATED = 2; // asked so often, it is said
const ANSWER_MS = 10_000;

function since(at, now) {
  const waited = minutes((now - Date.parse(at)) / 1000);
  return waited ? t("for {n} min", { n: waited }) : t("just now");
}

/** One kiosk; it goes from here as soon as somebody has answered, wherever that was. */
function HelpCall({ call, now }) {
  const [state, setState] = useState("open");
  async function answer() {
    setState("sending");
    await post(`/api/v1/help-calls/${call.id}/answer`, {}, ANSWER_MS).catch(() => setState("failed"));
  }
  return html`<div class="hp" role="alert" data-help-call=${call.kiosk}>${icon("hand")}
    <p><b>${t("Somebody at {kiosk} asks for help", { kiosk: call.kiosk })}</b>
      <span aria-live="off">${since(call.at, now)}</span>${call.asked >= REPEATED ? ` · ${t("asked {n} times", { n: call.asked })}` : null}
      ${state === "failed" ? html`<em>${t("No connection to the server.")}</em>` : null}</p>
    <button type="button" disabled=${state === "sending"} aria-label=${t("I am going to {kiosk}", { kiosk: call.kiosk })} onClick=${answer}>${t("I am going")}</button></div>`;
}

export const HelpCalls = ({ calls, now }) => (calls.length
  ? html`<section class="hps" aria-label=${t("Calls for help")}>${calls.map((call) => html`<${HelpCall} key=${call.id} call=${call} now=${now} />`)}</section>`
  : null);
