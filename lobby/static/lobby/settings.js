// Owns the settings page's forms: each is one command; the answer stands below it.
import { post } from "./api.js";
import { lang, message, t } from "./texts.js";
import "./undo.js";

document.addEventListener("submit", (event) => event.target.matches("form[data-command]") && submit(event, event.target));

async function submit(event, form) {
  event.preventDefault();
  if (form.dataset.confirm && !confirm(form.dataset.confirm)) return;
  const button = form.querySelector("button");
  button.disabled = true;
  try {
    const answer = await post(`/api/v1/commands/${form.dataset.command}`, await values(form));
    show(form, answer.fault ? "bad" : "ok", ...said(answer));
    form.dispatchEvent(new CustomEvent("saved", { bubbles: true, detail: answer }));
    if (form.dataset.table) await refresh(form);
    if (form.dataset.shown) await redraw(form.dataset.shown);
  } catch (problem) {
    const fields = problem.errors.filter((fault) => fault.detail !== problem.detail).map((fault) => `${fault.field}: ${fault.detail}`);
    show(form, "bad", [problem.detail || t("No connection to the server."), ...fields].join(" "));
  }
  button.disabled = false;
}

async function values(form) {
  const sent = {};
  for (const field of form.querySelectorAll("input, select")) {
    if (field.dataset.picks) continue; // it writes into the field beside it
    if (field.type === "checkbox") sent[field.name] = field.checked;
    else if (field.dataset.words) (sent[field.dataset.words] ??= {})[field.name] = field.value;
    else if (field.dataset.map) (sent[field.dataset.map] ??= {})[field.name] = "text" in field.dataset ? field.value : field.value === "" ? null : Number(field.value);
    else if (field.dataset.pair) addToPair((sent[field.dataset.pair] ??= []), field);
    else if (field.dataset.file) sent[field.dataset.file] = await inBase64(field.files[0]);
    else if ("boolean" in field.dataset) sent[field.name] = field.value === "true";
    else if ("none" in field.dataset && field.value === "") sent[field.name] = null;
    else if (field.value !== "" || "empty" in field.dataset || field.name === "public_url") sent[field.name] = "number" in field.dataset ? Number(field.value) : field.value;
  }
  if (sent.notices) sent.notices = sent.notices.filter(({ zh, en }) => zh || en);
  return sent;
}

/** A text in both languages is two fields, one after the other. */
function addToPair(pairs, field) {
  if (field.dataset.code === "zh") pairs.push({});
  pairs.at(-1)[field.dataset.code] = field.value.trim();
}

/** A file's content as JSON can carry it. */
async function inBase64(file) {
  const bytes = new Uint8Array(await file.arrayBuffer());
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}

/** [what to say, a link to go with it]. */
function said(answer) {
  if (answer.said) return [answer.said.map(message).join(lang() === "zh" ? "" : " ")]; // what came back from a device
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
  if (link.includes("/enrol/")) line.append(qrOf(link));
}

/** A one-time link to be scanned rather than typed. */
function qrOf(link) {
  return Object.assign(new Image(200, 200), { className: "qr", src: `${new URL(link).pathname}/qr.svg`, alt: t("QR code of the link") });
}

/** After an addition: an empty form, and the list with the new line. */
async function refresh(form) {
  form.reset();
  await redraw(form.dataset.table);
}

/** One part of the page as the server shows it now. */
async function redraw(id) {
  const page = new DOMParser().parseFromString(await (await fetch(location.href)).text(), "text/html");
  document.getElementById(id).replaceWith(page.getElementById(id));
}
