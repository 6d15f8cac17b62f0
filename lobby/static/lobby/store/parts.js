// Owns what the pages of a store's set-up share: their state and commands, fields with their faults, how it went.
import { post } from "/static/lobby/api.js";
import { html, icon, useEffect, useLayoutEffect, useRef, useState } from "/static/lobby/page.js";
import { t } from "/static/lobby/texts.js";
import { sayOfChange } from "/static/lobby/undo.js";

const app = document.getElementById("app");
const NOTHING = { tone: "", text: "", faults: {}, problem: null };

/**
 * The page's state, which every command's answer brings anew, and how the last command went; a change is told with its undo.
 * @returns {{state, said, busy, run, hush}}  `run(command, body, words)` answers null where it was refused
 */
export function usePage() {
  const [state, setState] = useState(() => JSON.parse(app.dataset.state));
  const [said, say] = useState(NOTHING);
  const [busy, setBusy] = useState(false);
  async function run(command, body, words = t("Saved.")) {
    setBusy(true);
    try {
      const answer = await post(`/api/v1/commands/${command}`, body);
      setState((before) => ({ ...before, ...answer.page }));
      if (answer.change) sayOfChange(words);
      say(answer.change ? NOTHING : { ...NOTHING, tone: "ok", text: words });
      return answer;
    } catch (problem) {
      if (problem.errors === undefined) throw problem; // a fault of the page itself
      const faults = Object.fromEntries(problem.errors.map(({ field, detail }) => [field, detail]));
      say({ tone: "bad", text: problem.detail || t("No connection to the server."), faults, problem });
      return null;
    } finally {
      setBusy(false);
    }
  }
  return { state, said, busy, run, hush: () => say(NOTHING) };
}

/** How the last command went; what is wrong with several fields stands below it. */
export function Outcome({ said }) {
  const box = useRef(null);
  useEffect(() => {
    if (said.tone === "bad") box.current.focus();
  }, [said]);
  const others = Object.values(said.faults).filter((detail) => detail !== said.text);
  return html`<div class="notice ${said.tone}" ref=${box} tabindex="-1" role=${said.tone === "bad" ? "alert" : "status"}>${said.text}
    ${others.length > 0 && html`<ul>${others.map((detail) => html`<li>${detail}</li>`)}</ul>`}</div>`;
}

const ONE_LINE = 60; // characters

/** A text or number with its label, and below it what is wrong with it. `onInput` gets the value. A `long` one has two lines. */
export function Field({ id, label, about, fault, long = false, onInput, ...rest }) {
  const kind = long ? "textarea" : "input";
  const described = [about && `${id}-about`, fault && `${id}-fault`].filter(Boolean).join(" ") || undefined;
  return html`<div class="field"><label for=${id}>${label}</label>
    <${kind} id=${id} autocomplete="off" rows=${long ? 2 : undefined} aria-invalid=${fault ? "true" : undefined} aria-describedby=${described} ...${rest} onInput=${(event) => onInput(event.target.value)} />
    ${about && html`<p class="about" id="${id}-about">${about}</p>`}
    ${fault && html`<p class="fault" id="${id}-fault">${fault}</p>`}</div>`;
}

/** A text in both languages, side by side: `draft` has it as `<of>_zh` and `<of>_en`. */
export function Pair({ of, labels, longest, draft, set, faults, required = false }) {
  return html`<div class="pair">${["zh", "en"].map((code, at) => html`<${Field} key=${code} id="${of}_${code}" label=${labels[at]} lang=${code === "zh" ? "zh-CN" : "en"}
    long=${Math.max(...longest) > ONE_LINE} maxlength=${longest[at]} required=${required} value=${draft[`${of}_${code}`]} fault=${faults[`${of}_${code}`]} onInput=${(text) => set({ [`${of}_${code}`]: text })} />`)}</div>`;
}

export const Tick = ({ checked, onChange, children, ...rest }) => html`<label class="tick"><input type="checkbox" checked=${checked} ...${rest} onChange=${(event) => onChange(event.target.checked)} /><span>${children}</span></label>`;

/** Asks before something that cannot simply be taken back; opens by itself. */
export function Question({ title, children, go, onGo, onClose }) {
  const box = useRef(null);
  useLayoutEffect(() => box.current.showModal(), []);
  return html`<dialog ref=${box} aria-labelledby="question" onClose=${onClose}><h2 id="question">${title}</h2>${children}
    <div><button type="button" class="quiet" data-close onClick=${onClose}>${t("Back")}</button><button type="button" class="go" data-go onClick=${onGo}>${go}</button></div></dialog>`;
}

/** The two texts of a name as a form has them. */
export const typed = (of, names) => ({ [`${of}_zh`]: names?.zh ?? "", [`${of}_en`]: names?.en ?? "" });

export const Sign = ({ name }) => html`<span class="sign" aria-hidden="true">${icon(name)}</span>`;
