// Owns the slips' page: an editor for each template with its slip beside it, the store's own lines, its logo.
import { post } from "./api.js";
import { t } from "./texts.js";
import "./undo.js";

const PAUSE_MS = 250;
const WIDEST = 576;
const templates = JSON.parse(document.getElementById("templates").textContent);
const editor = document.getElementById("template");
const numbers = document.getElementById("numbers");
const slip = document.getElementById("slip");
const faults = document.getElementById("faults");
const state = document.getElementById("state");
const drafts = new Map();
let asked = 0;
let timer;

const chosen = (name) => document.querySelector(`input[name=${name}]:checked`).value;
const key = () => `${chosen("language")}-${chosen("ticket_class")}`;
const isChanged = (one) => drafts.has(one) && drafts.get(one) !== templates[one].text;

for (const radio of document.querySelectorAll(".pick input")) radio.addEventListener("change", show);
editor.addEventListener("input", () => {
  drafts.set(key(), editor.value);
  count();
  clearTimeout(timer);
  timer = setTimeout(draw, PAUSE_MS);
});
editor.addEventListener("scroll", () => (numbers.scrollTop = editor.scrollTop));
document.querySelector("[data-save]").addEventListener("click", save);
document.querySelector("[data-undo]").addEventListener("click", () => write(templates[key()].text));
document.querySelector("[data-usual]").addEventListener("click", () => write(templates[key()].default));
document.getElementById("texts").addEventListener("submit", saveTexts);
document.querySelector("#logo input").addEventListener("change", useLogo);
document.querySelector("[data-no-logo]").addEventListener("click", () => setLogo(null));
addEventListener("beforeunload", (event) => {
  if (Object.keys(templates).some(isChanged)) event.preventDefault();
});

/** The chosen template in the editor, and its slip. */
function show() {
  editor.value = drafts.get(key()) ?? templates[key()].text;
  editor.scrollTop = 0;
  count();
  draw();
}

function write(text) {
  drafts.set(key(), text);
  show();
}

/** Number the lines, and say what is not saved yet. */
function count(wrong = new Set()) {
  const lines = editor.value.split("\n").map((_, index) => index + 1);
  numbers.replaceChildren(...lines.map((n) => Object.assign(document.createElement("span"), { textContent: n, className: wrong.has(n) ? "wrong" : "" })));
  numbers.scrollTop = editor.scrollTop;
  const changed = isChanged(key());
  document.querySelector("[data-undo]").disabled = document.querySelector("[data-save]").disabled = !changed;
  document.querySelector("[data-usual]").disabled = editor.value === templates[key()].default;
  if (changed || state.textContent !== t("Saved. It counts from the next slip on.")) say(changed ? t("Not saved yet") : "");
}

/** Draw what stands in the editor; an answer that is no longer the newest is dropped. */
async function draw() {
  const mine = ++asked;
  slip.parentElement.setAttribute("aria-busy", "true");
  try {
    const { png } = await post("/api/v1/slips/preview", { language: chosen("language"), ticket_class: chosen("ticket_class"), text: editor.value, width_mm: Number(chosen("width_mm")), font: chosen("font") });
    if (mine !== asked) return;
    slip.src = `data:image/png;base64,${png}`;
    slip.style.width = chosen("width_mm") === "58" ? "66.67%" : "100%";
    refuse([]);
  } catch (problem) {
    if (mine === asked) fault(problem);
  }
  slip.parentElement.removeAttribute("aria-busy");
}

function fault(problem) {
  const found = problem.errors?.filter((one) => /^line \d+$/.test(one.field)).map((one) => ({ line: Number(one.field.slice(5)), detail: one.detail })) ?? [];
  refuse(found.length ? found : [{ line: 0, detail: problem.detail || t("No connection to the server.") }]);
}

/** Each fault is a button that leads to its line. The picture stays as it last was, and says so by being pale. */
function refuse(found) {
  slip.classList.toggle("old", found.length > 0);
  editor.toggleAttribute("aria-invalid", found.length > 0);
  count(new Set(found.map((one) => one.line)));
  faults.replaceChildren(...found.map((one) => faultLine(one)));
}

function faultLine({ line, detail }) {
  if (!line) return Object.assign(document.createElement("p"), { textContent: detail });
  const button = Object.assign(document.createElement("button"), { type: "button", textContent: t("Line {n}: {fault}", { n: line, fault: detail }) });
  button.addEventListener("click", () => select(line));
  return button;
}

function select(line) {
  const lines = editor.value.split("\n");
  const start = lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0);
  editor.focus();
  editor.setSelectionRange(start, start + (lines[line - 1] ?? "").length);
  editor.scrollTop = (editor.scrollHeight / lines.length) * (line - 4);
}

async function save() {
  const one = key();
  const text = editor.value;
  try {
    await post("/api/v1/commands/slip-template-set", { language: chosen("language"), ticket_class: chosen("ticket_class"), text, before: templates[one].text });
    templates[one].text = text;
    drafts.delete(one);
    say(t("Saved. It counts from the next slip on."));
    count();
  } catch (problem) {
    fault(problem);
  }
}

function say(text) {
  if (state.textContent !== text) state.textContent = text;
}

async function saveTexts(event) {
  event.preventDefault();
  const texts = Object.fromEntries([...event.target.querySelectorAll("input")].map((input) => [input.name, input.value]));
  await send(event.target, "slip-texts-set", texts);
}

async function useLogo({ target }) {
  const [file] = target.files;
  if (file) await setLogo(await base64(file));
  target.value = "";
}

async function setLogo(image) {
  if (await send(document.getElementById("logo"), "slip-logo-set", { image })) document.querySelector("[data-no-logo]").disabled = image === null;
}

const base64 = (file) =>
  new Promise((resolve) => {
    const reader = new FileReader();
    reader.addEventListener("load", () => resolve(reader.result.slice(reader.result.indexOf(",") + 1)));
    reader.readAsDataURL(file);
  });

/** Run a command and say below its form how it went; the slip is drawn anew with it. */
async function send(form, command, body) {
  const line = form.querySelector(".answer");
  const buttons = [...form.querySelectorAll("button:not(:disabled)")];
  for (const button of buttons) button.disabled = true;
  let worked = true;
  try {
    await post(`/api/v1/commands/${command}`, body);
    Object.assign(line, { className: "answer ok", textContent: t("Saved.") });
    draw();
  } catch (problem) {
    worked = false;
    Object.assign(line, { className: "answer bad", textContent: problem.detail || t("No connection to the server.") });
  }
  for (const button of buttons) button.disabled = false;
  return worked;
}

show();
