// Owns the page of the settings' file: download; upload, a preview of what differs, and taking it over.
import { post } from "./api.js";
import { lang, placed, t } from "./texts.js";
import "./undo.js";

const download = document.getElementById("download");
const upload = document.getElementById("upload");
const refused = document.getElementById("refused");
const preview = document.getElementById("preview");
let looked; // the file's text and what its preview showed

download.addEventListener("submit", (event) => busy(event, download, save));
upload?.addEventListener("submit", (event) => busy(event, upload, look));
upload?.elements.file.addEventListener("change", clear);
preview?.querySelector("[data-cancel]").addEventListener("click", () => {
  clear();
  upload.reset();
  upload.elements.file.focus();
});
preview?.querySelector("[data-apply]").addEventListener("click", (event) => busy(event, upload, apply));

/** Do what was asked for; what it says stands below the form. */
async function busy(event, form, work) {
  event.preventDefault();
  const button = event.submitter ?? event.target;
  button.disabled = true;
  try {
    say(form, "ok", await work());
  } catch (problem) {
    if (form === upload) refuse(problem);
    else say(form, "bad", problem.detail || t("No connection to the server."));
  }
  button.disabled = false;
}

function say(form, tone, text) {
  Object.assign(form.querySelector(".answer"), { className: `answer ${tone}`, textContent: text });
}

async function save() {
  const { toml, name } = await post("/api/v1/commands/settings-export");
  const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(new Blob([toml], { type: "application/toml" })), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  return name;
}

async function look() {
  clear();
  const [file] = upload.elements.file.files;
  const largest = Number(upload.dataset.largest);
  if (file.size > largest) throw { detail: t("A file of settings has at most {megabytes} MB. Nothing was changed.", { megabytes: largest / 1024 / 1024 }) };
  const text = await decoded(file);
  const { changes, seen } = await post("/api/v1/commands/settings-import", { text, dry_run: true });
  if (!changes.length) return t("The file says what is set already; nothing would change.");
  looked = { text, seen };
  preview.querySelector("tbody").replaceChildren(...changes.map(row));
  preview.hidden = false;
  preview.focus();
  return changes.length === 1 ? t("1 value would change.") : t("{n} values would change.", { n: changes.length });
}

/** A text that is no UTF-8 is refused rather than taken over garbled. */
async function decoded(file) {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(await file.arrayBuffer());
  } catch {
    throw { detail: t("This file is not text in UTF-8. Nothing was changed.") };
  }
}

function row({ what, before, after }) {
  const cells = [["th", what], ["td", before], ["td", after]].map(([tag, names]) => Object.assign(document.createElement(tag), { textContent: names[lang()] }));
  cells[0].scope = "row";
  const line = document.createElement("tr");
  line.append(...cells);
  return line;
}

async function apply() {
  await post("/api/v1/commands/settings-import", looked);
  clear();
  upload.reset();
  return t("Taken over. It is one change, which can be undone.");
}

/** What is wrong, each with its line and key. */
function refuse(problem) {
  clear();
  refused.querySelector("p").textContent = problem.detail || t("No connection to the server.");
  const items = (problem.errors ?? []).filter(({ detail }) => detail !== problem.detail).map(({ field, detail }) => Object.assign(document.createElement("li"), { textContent: `${placed(field)} — ${detail}` }));
  refused.querySelector("ul").replaceChildren(...items);
  refused.hidden = false;
  refused.focus();
}

function clear() {
  refused.hidden = preview.hidden = true;
  say(upload, "ok", "");
}
