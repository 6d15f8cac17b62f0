// Owns the settings page's forms: each is one command; the answer stands below it.
import { post } from "./api.js";
import { t } from "./texts.js";

document.addEventListener("submit", (event) => event.target.matches("form[data-command]") && submit(event, event.target));

async function submit(event, form) {
  event.preventDefault();
  const button = form.querySelector("button");
  button.disabled = true;
  try {
    show(form, "ok", ...said(await post(`/api/v1/commands/${form.dataset.command}`, values(form))));
    if (form.dataset.table) await refresh(form);
  } catch (problem) {
    const fields = problem.errors.filter((fault) => fault.detail !== problem.detail).map((fault) => `${fault.field}: ${fault.detail}`);
    show(form, "bad", [problem.detail || t("No connection to the server."), ...fields].join(" "));
  }
  button.disabled = false;
}

function values(form) {
  const sent = {};
  for (const field of form.querySelectorAll("input, select")) {
    if (field.dataset.list) (sent[field.dataset.list] ??= []).push(field.value.trim());
    else if (field.type === "checkbox") sent[field.name] = field.checked;
    else if (field.dataset.words) (sent[field.dataset.words] ??= {})[field.name] = field.value;
    else if (field.dataset.map) (sent[field.dataset.map] ??= {})[field.name] = "text" in field.dataset ? field.value : field.value === "" ? null : Number(field.value);
    else if ("boolean" in field.dataset) sent[field.name] = field.value === "true";
    else if ("none" in field.dataset && field.value === "") sent[field.name] = null;
    else if (field.dataset.names) addName((sent[field.dataset.names] ??= {}), field);
    else if (field.value !== "" || field.name === "public_url") sent[field.name] = "number" in field.dataset ? Number(field.value) : field.value;
  }
  if (sent.hours?.every((day) => day === "")) sent.hours = [];
  return sent;
}

/** A name in both languages, or null while both are empty. */
function addName(names, field) {
  names[field.name] ??= null;
  if (field.value.trim() !== "") names[field.name] = { ...names[field.name], [field.dataset.code]: field.value.trim() };
}

/** [what to say, a link to go with it]. */
function said(answer) {
  if (answer.link) return [t("Done. Open this one-time link on the device or with the person it is for:"), answer.link];
  return [answer.token ? `${t("Done. The token is shown only now:")} ${answer.token}` : t("Saved.")];
}

function show(form, tone, text, link) {
  const line = form.querySelector(".answer");
  line.className = `answer ${tone}`;
  line.replaceChildren(text);
  if (!link) return;
  const anchor = Object.assign(document.createElement("a"), { href: link, textContent: link });
  line.append(" ", anchor);
}

/** After an addition: an empty form, and the list with the new line. */
async function refresh(form) {
  form.reset();
  const page = new DOMParser().parseFromString(await (await fetch(location.href)).text(), "text/html");
  document.getElementById(form.dataset.table).replaceWith(page.getElementById(form.dataset.table));
}
