// Owns the keypad scenes: VIP entry and appointment check-in, by touch, keyboard or scanner.
import { html, icon, useRef, useState } from "/static/lobby/page.js";
import { other, otherLang, t } from "/static/lobby/texts.js";
import { BackBar, Both } from "./parts.js";
import { groups, KINDS, typed } from "./numbers.js";
import { explain } from "./requests.js";

const TEXTS = {
  vip: { title: "Please enter your mobile number", hint: "11-digit mobile number, or your member number", submit: "Continue" },
  "check-in": { title: "Please enter your booking's mobile number", hint: "11-digit mobile number, or the 6-digit booking code", submit: "Check in" },
};
const ERASE = "⌫";
const ROWS = ["1", "2", "3", "4", "5", "6", "7", "8", "9"];

/** What is still missing, as a text and its values. */
function hint(kind, text) {
  const missing = KINDS[kind].missing(text);
  if (KINDS[kind].ready(text)) return missing > 0 ? ["Complete. For a mobile number, {n} more digits", { n: missing }] : ["Complete"];
  if (missing > 0) return [missing === 1 ? "1 digit to go" : "{n} digits to go", { n: missing }];
  return [TEXTS[kind].hint];
}

const Key = ({ value, children = value, small = false, label, onKey }) => html`<button class=${small ? "f" : ""} data-key=${value}
  aria-label=${label} onMouseDown=${(event) => event.preventDefault() /* focus stays off the keys: Enter must submit */} onClick=${() => onKey(value)}>${children}</button>`;

const Pad = ({ kind, onKey }) => html`<div class="pad">
  ${ROWS.map((digit) => html`<${Key} key=${digit} value=${digit} onKey=${onKey} />`)}
  ${kind === "vip" && html`<div class="pair">
    <${Key} value="V" label=${t("Letter V of a member number")} onKey=${onKey} />
    <${Key} small=${true} value="clear" onKey=${onKey}><${Both} text="Clear" /><//></div>`}
  ${kind !== "vip" && html`<${Key} small=${true} value="clear" onKey=${onKey}><${Both} text="Clear" /><//>`}
  <${Key} value="0" onKey=${onKey} />
  <${Key} small=${true} value=${ERASE} label=${t("Delete")} onKey=${onKey}>${icon("erase")}<//>
</div>`;

function Field({ kind, text, fault, grace_s }) {
  const [key, values] = hint(kind, text);
  return html`<div class="entered">
    <div class="field ${fault ? "wrong" : ""}" role="textbox" tabindex="0" data-focus aria-label=${t(TEXTS[kind].title)} aria-describedby="said" aria-invalid=${fault !== null}>
      ${groups(text).map((group) => html`<span>${group}</span>`)}<i class="caret"></i></div>
    <div id="said">${fault
      ? html`<p class="fault" role="alert">${icon("warning")}<span>${fault.text}<small lang=${otherLang()}>${fault.small}</small></span></p>`
      : html`<p class="hint" role="status">${t(key, values)}<span class="en" lang=${otherLang()}>${other(key, values)}</span></p>`}
      ${kind === "check-in" && !fault && html`<${Punctual} grace_s=${grace_s} />`}</div>
  </div>`;
}

/** What late means, before anybody has checked in. */
const Punctual = ({ grace_s }) => {
  const values = { minutes: Math.round(grace_s / 60) };
  const text = "Up to {minutes} minutes late your appointment still holds.";
  return html`<p class="hint">${t(text, values)} <span class="en" lang=${otherLang()}>${other(text, values)}</span></p>`;
};

/**
 * @param {{kind: "vip" | "check-in", busy: boolean, idle_s: number, grace_s: number, keys: {current: object}, onSend: (body: object) => Promise,
 *   onScan: Function, onHome: Function, onBack: Function}} props  `keys.current` takes this scene's handlers of physical keys
 */
export function Keypad({ kind, busy, idle_s, grace_s, keys, onSend, onScan, onHome, onBack }) {
  const [text, setText] = useState("");
  const [fault, setFault] = useState(null);
  const entered = useRef(text); // keys of a scanner arrive faster than pictures are drawn
  const ready = KINDS[kind].ready(text);

  function change(next) {
    entered.current = next;
    setText(next);
    setFault(null);
  }
  async function send() {
    if (!KINDS[kind].ready(entered.current)) return;
    await onSend(KINDS[kind].body(entered.current)).catch((problem) => setFault(explain(problem)));
  }
  function key(value) {
    if (value === "clear") change("");
    else if (value === ERASE) change(entered.current.slice(0, -1));
    else change(typed(kind, entered.current, value));
  }
  keys.current = busy ? {} : { key, erase: () => key(ERASE), enter: send, scan: onScan, leave: onBack };

  return html`<${BackBar} idle_s=${idle_s} onHome=${onHome} onBack=${onBack} />
    <main class="type">
      <div class="asked"><h1 tabindex="-1">${t(TEXTS[kind].title)}</h1><p class="sub" lang=${otherLang()}>${other(TEXTS[kind].title)}</p></div>
      <${Field} kind=${kind} text=${text} fault=${fault} grace_s=${grace_s} />
      <${Pad} kind=${kind} onKey=${key} />
      <button class="go" data-action="submit" disabled=${!ready || busy} onClick=${send}><${Both} text=${TEXTS[kind].submit} /></button>
    </main>`;
}
