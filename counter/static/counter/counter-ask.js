// Owns the one dialog in which an action's details are asked: choices by number or arrow keys, Enter does it, Esc leaves.
import { html, icon, useFocus, useLayoutEffect, useRef, useState } from "/static/lobby/page.js";
import { t } from "/static/lobby/texts.js";
import { unsure } from "./counter-status.js";

const TYPED = "input:not([type=radio]):not([type=checkbox]), select, textarea";

function Option({ field, option, at }) {
  return html`<label class=${option.why ? "off" : ""}><input type="radio" name=${field.name} value=${option.value} required disabled=${Boolean(option.why)} />
    ${field.numbered && at < 9 ? html`<kbd aria-hidden="true">${at + 1}</kbd>` : null}
    <span><b>${option.label}</b>${option.why || option.about ? html`<small>${option.why || option.about}</small>` : null}</span></label>`;
}

const Choice = ({ field }) => html`<fieldset class=${field.wide ? "wide" : ""}><legend>${field.label}</legend>
  <div class="options">${field.options.map((option, at) => html`<${Option} key=${option.value} ...${{ field, option, at }} />`)}</div>
  ${field.options.length ? null : html`<p class="lead">${field.empty}</p>`}</fieldset>`;

const Tick = ({ field }) => html`<label class="tick"><input type="checkbox" name=${field.name} /> ${field.label}</label>`;

const Text = ({ field }) => html`<label class="text">${field.label}${field.about ? html`<small>${field.about}</small>` : null}
  <input name=${field.name} maxlength=${field.most ?? 200} required=${Boolean(field.required)} inputmode=${field.inputmode} autocomplete="off" /></label>`;

const KINDS = { choice: Choice, tick: Tick, text: Text };

/** The first choice is made beforehand where there is a usual one; then Enter alone is enough. */
function begin(form, fields) {
  for (const { kind, name, usual } of fields) {
    const radio = kind === "choice" && usual !== undefined && form.querySelector(`input[name="${name}"][value="${CSS.escape(usual)}"]:enabled`);
    if (radio) radio.checked = true;
  }
  (form.querySelector("input:checked") ?? form.querySelector("input:enabled") ?? form.querySelector("button")).focus();
}

/** A digit chooses in the first list, unless it is being typed. */
function pick(event, form) {
  if (!/^[1-9]$/.test(event.key) || event.target.closest(TYPED) || event.ctrlKey || event.altKey || event.metaKey) return;
  const radio = form.querySelectorAll("fieldset")[0]?.querySelectorAll("input[type=radio]")[Number(event.key) - 1];
  if (!radio || radio.disabled) return;
  event.preventDefault();
  radio.checked = true;
  radio.focus();
}

/** What came of it, where somebody has to be told. */
function Result({ number, about, shut }) {
  const done = useFocus();
  return html`<div class="issued"><b data-result=${number}>${number}</b><p>${about}</p>
    <button type="button" class="go" ref=${done} onClick=${shut}>${t("Done")}</button></div>`;
}

/**
 * @param ask    {title, lead?, fields: [{kind: "choice" | "text" | "tick", name, label, …}], submit, body(values), result?(answer)}
 * @param send   does it: (body) → Promise<the answer, or null where it was not done>
 */
export function Ask({ ask, send, close, trouble, busy, doing }) {
  const dialog = useRef(null);
  const form = useRef(null);
  const [sent, setSent] = useState(false);
  const [result, setResult] = useState(null);
  const sending = useRef(false);
  // At once, not after the next frame: a fast Enter is meant for the dialog, not for the button behind it.
  useLayoutEffect(() => {
    dialog.current.showModal();
    begin(form.current, ask.fields);
  }, []);
  async function submit(event) {
    event.preventDefault();
    if (sending.current) return;
    sending.current = true;
    setSent(true);
    const answer = await send(ask.body(Object.fromEntries(new FormData(form.current))));
    sending.current = false;
    if (answer && ask.result) setResult(ask.result(answer));
    else if (answer) dialog.current?.close(); // gives the focus back
  }
  const shut = () => dialog.current.close();
  const nothing = ask.fields.some(({ kind, options }) => kind === "choice" && !options.some(({ why }) => !why));
  return html`<dialog ref=${dialog} class="ask" aria-label=${ask.title} data-ask=${ask.name} onClose=${close}>
    ${result ? html`<${Result} ...${result} shut=${shut} />` : null}
    <form hidden=${Boolean(result)} ref=${form} onSubmit=${submit} onKeyDown=${(event) => pick(event, form.current)}>
      <h2>${ask.title}</h2>${ask.lead ? html`<p class="lead">${ask.lead}</p>` : null}
      ${ask.fields.map((field) => html`<${KINDS[field.kind]} key=${field.name} field=${field} />`)}
      <p class="wrong" role="alert">${sent && (trouble || doing?.unsure) ? html`${icon("warning")}<span>${trouble || unsure(doing.label)}</span>` : null}</p>
      <div class="row"><button type="button" onClick=${shut}>${t("Back")}<kbd aria-hidden="true">Esc</kbd></button>
        <button class="go" aria-busy=${Boolean(busy)} disabled=${nothing}>${ask.submit}<kbd aria-hidden="true">Enter</kbd></button></div>
    </form></dialog>`;
}
