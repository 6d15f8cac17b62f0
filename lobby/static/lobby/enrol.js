// Owns the page behind a one-time link: connects a device at once, or takes a person's first PIN.
import { post } from "./api.js";
import { html, icon, render, useEffect, useRef, useState } from "./page.js";
import { other, otherLang, t } from "./texts.js";

const { purpose, name, kind } = document.body.dataset;
const KINDS = { kiosk: "Kiosk", display: "Lobby display", printer: "Printer", api: "Program" };

/** One text in both languages. */
const Both = ({ text, values }) => html`${t(text, values)}<small lang=${otherLang()}>${other(text, values)}</small>`;

/** Redeem the link this page was opened with, then go where the server says. */
const redeem = (body) => post(location.pathname, body).then(({ next }) => location.replace(next));

const refusal = (problem) => problem.detail || t("No connection to the server. Please try again.");

const Fault = ({ text }) => (text ? html`<p class="fault" role="alert">${icon("warning")}<span>${text}</span></p>` : null);

const Head = ({ text, sub }) => html`<span class="mark">${icon("mark")}</span><h1>${t(text)}</h1><p class="sub" lang=${otherLang()}>${other(text)}</p>${sub}`;

function Device() {
  const [fault, setFault] = useState("");
  const [busy, setBusy] = useState(true);
  const connect = () => {
    setBusy(true);
    setFault("");
    redeem({}).catch((problem) => setFault(refusal(problem))).finally(() => setBusy(false));
  };
  useEffect(connect, []);
  const what = KINDS[kind] ?? "Device";
  return html`<main class="sheet"><${Head} text="Connect this device" />
    <p class="who"><b>${t(what)}</b> ${name}<small lang=${otherLang()}>${other(what)}</small></p>
    <${Fault} text=${fault} />
    <button class="do" disabled=${busy} onClick=${connect}><${Both} text=${busy ? "Connecting…" : "Connect"} /></button>
    <p class="foot"><${Both} text="This browser will be remembered. The link works once." /></p></main>`;
}

/** What is wrong with the two entries, or null. */
function wrong(pin, again) {
  if (!/^\d{4,12}$/.test(pin)) return "The PIN has 4 to 12 digits.";
  return pin === again ? null : "The two PINs are not the same.";
}

const Entry = ({ id, text, value, faulty, onText }) => html`<label for=${id}><${Both} text=${text} /></label>
  <input id=${id} type="password" inputmode="numeric" autocomplete="new-password" maxlength="12" value=${value} required
    aria-describedby="rules" aria-invalid=${faulty} onInput=${(event) => onText(event.target.value)} />`;

function FirstPin() {
  const [pin, setPin] = useState("");
  const [again, setAgain] = useState("");
  const [fault, setFault] = useState("");
  const [busy, setBusy] = useState(false);
  const form = useRef(null);
  useEffect(() => form.current.querySelector("input").focus(), []);

  function save(event) {
    event.preventDefault();
    const found = wrong(pin, again);
    if (found) return setFault(t(found));
    setBusy(true);
    setFault("");
    return redeem({ pin }).catch((problem) => setFault(refusal(problem))).finally(() => setBusy(false));
  }
  return html`<main class="sheet"><${Head} text="Choose your PIN" />
    <p class="who"><b>${name}</b></p>
    <form ref=${form} novalidate onSubmit=${save}>
      <p class="rules" id="rules"><${Both} text="4 to 12 digits. Do not use your phone number or birthday." /></p>
      <${Entry} id="pin" text="PIN" value=${pin} faulty=${fault !== ""} onText=${setPin} />
      <${Entry} id="again" text="PIN once more" value=${again} faulty=${fault !== ""} onText=${setAgain} />
      <${Fault} text=${fault} />
      <button class="do" data-action="submit" disabled=${busy}><${Both} text="Save and continue" /></button>
    </form></main>`;
}

render(purpose === "pin" ? html`<${FirstPin} />` : html`<${Device} />`, document.getElementById("app"));
