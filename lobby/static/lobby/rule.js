// Owns the calling rule's page: what differs is previewed in words, then saved; what cannot work is said at its field.
import { post } from "./api.js";
import { lang, t } from "./texts.js";
import "./undo.js";

const form = document.getElementById("rule");
const preview = document.getElementById("preview");
const summary = document.getElementById("faults");
const status = document.getElementById("said");
let seen = {};

document.addEventListener("click", (event) => {
  const { back } = event.target.dataset;
  if (back !== undefined) toDefault(back);
  if ("close" in event.target.dataset) preview.close();
  if ("save" in event.target.dataset) save(event.target);
});
form.addEventListener("input", count);
form.addEventListener("reset", () => setTimeout(() => (clear(), count())));
form.addEventListener("submit", (event) => {
  event.preventDefault();
  look();
});
addEventListener("beforeunload", (event) => {
  if (Object.keys(changed()).length) event.preventDefault();
});

/** Every field's elements by its name: one input or select, or several radios or checkboxes. */
function fields() {
  const found = new Map();
  for (const element of form.elements) if (element.name) found.set(element.name, [...(found.get(element.name) ?? []), element]);
  return found;
}

/** A field's value as it stands: `how` says which of an element's states counts. */
function valueOf(elements, how) {
  const [first] = elements;
  if (first.type === "checkbox") return elements.filter(how.checked).map((box) => box.value);
  if (first.type === "radio") return elements.find(how.checked)?.value ?? "";
  return how.text(first);
}

const NOW = { checked: (box) => box.checked, text: (element) => element.value.trim() };
const LOADED = {
  checked: (box) => box.defaultChecked,
  text: (element) => (element.tagName === "SELECT" ? [...element.options].find((option) => option.defaultSelected)?.value : element.defaultValue),
};
const DEFAULT = {
  checked: (box) => (box.type === "radio" ? box.value === box.closest("[data-default]").dataset.default : "default" in box.dataset),
  text: (element) => element.dataset.default,
};

const differs = (elements, from) => String(valueOf(elements, NOW)) !== String(valueOf(elements, from));

/** What differs from what was loaded, by field; a share is sent as the percentage it is typed as. */
function changed() {
  const values = {};
  for (const [name, elements] of fields()) {
    if (!differs(elements, LOADED)) continue;
    const value = valueOf(elements, NOW);
    values[name] = "share" in elements[0].dataset && !/[%％]$/.test(value) ? `${value}%` : value;
  }
  return values;
}

/** Mark what differs from what was loaded, and what from the default. */
function count() {
  const all = fields();
  let n = 0;
  for (const elements of all.values()) {
    const isNew = differs(elements, LOADED);
    for (const element of elements) element.classList.toggle("new", isNew);
    n += isNew;
  }
  const line = document.getElementById("count");
  if (!line) return;
  const said = n === 0 ? t("No changes yet") : n === 1 ? t("1 change, not saved yet") : t("{n} changes, not saved yet", { n });
  if (line.textContent !== said) line.textContent = said;
  form.querySelector(".go").disabled = form.querySelector("[type=reset]").disabled = n === 0;
  for (const button of form.querySelectorAll("[data-back]")) {
    button.disabled = ![...all].some(([name, elements]) => belongs(name, button.dataset.back) && differs(elements, DEFAULT));
  }
}

/** A button goes back for one field, for all below a path that ends with a dot, or for everything. */
const belongs = (name, path) => name === path || path === "" || (path.endsWith(".") && name.startsWith(path));

function toDefault(path) {
  for (const [name, elements] of fields()) {
    if (!belongs(name, path)) continue;
    for (const element of elements) {
      if (element.type === "checkbox" || element.type === "radio") element.checked = DEFAULT.checked(element);
      else element.value = DEFAULT.text(element);
    }
  }
  count();
}

async function look() {
  clear();
  const values = changed();
  try {
    const { changes } = await post("/api/v1/commands/settings-set", { values, preview: true });
    if (!changes.length) return say(t("These are the values of now; there is nothing to save."));
    seen = Object.fromEntries(changes.map((change) => [change.field, change.before]));
    preview.querySelector("ul").replaceChildren(...changes.map((change) => item(change.said[lang()])));
    preview.querySelector(".answer").textContent = "";
    preview.showModal();
  } catch (problem) {
    refuse(problem);
  }
}

async function save(button) {
  button.disabled = true;
  try {
    await post("/api/v1/commands/settings-set", { values: changed(), before: seen });
    await refresh();
    say(t("Saved. It counts from the next call on."));
    preview.close();
  } catch (problem) {
    if (problem.status === 0) preview.querySelector(".answer").textContent = t("No connection to the server.");
    else {
      preview.close();
      refuse(problem);
    }
  }
  button.disabled = false;
}

/** The page as it is stored now, in place of what was typed. */
async function refresh() {
  const page = new DOMParser().parseFromString(await (await fetch(location.href)).text(), "text/html");
  form.replaceChildren(...page.getElementById("rule").childNodes);
  document.querySelector("section.notice")?.remove();
  count();
}

/** Say each fault at its field, and all of them once above; nothing that was typed is touched. */
function refuse(problem) {
  const heading = Object.assign(document.createElement("p"), { textContent: problem.detail || t("No connection to the server.") });
  const list = document.createElement("ul");
  for (const { field, detail } of problem.errors ?? []) {
    const place = document.getElementById(`fault-${field}`);
    if (place) Object.assign(place, { textContent: detail, hidden: false });
    const [element] = fields().get(field) ?? [];
    element?.setAttribute("aria-invalid", "true");
    list.append(item(place?.dataset.name ? `${place.dataset.name}: ${detail}` : detail, element ?? place));
  }
  summary.replaceChildren(heading, list);
  summary.hidden = false;
  summary.focus();
}

/** A line of a list, leading to an element of the page if there is one. */
function item(text, target) {
  const line = document.createElement("li");
  line.append(target ? Object.assign(document.createElement("a"), { href: `#${target.id}`, textContent: text }) : text);
  target?.matches("input, select") && line.firstChild.addEventListener("click", () => target.focus());
  return line;
}

function say(text) {
  status.textContent = text;
  status.scrollIntoView({ block: "center" });
}

function clear() {
  status.textContent = "";
  summary.hidden = true;
  for (const place of form.querySelectorAll(".fault")) Object.assign(place, { textContent: "", hidden: true });
  for (const element of form.querySelectorAll("[aria-invalid]")) element.removeAttribute("aria-invalid");
}

count();
