// Owns sending a notice to chosen stores, and what became of all that was sent to stores.
import { get, post } from "/static/lobby/api.js";
import { Offline, html, render } from "/static/lobby/page.js";
import { t } from "/static/lobby/texts.js";
import { Head, called, keepLooking, reasons } from "./page.js";

const state = { stores: [], mail: [], chosen: new Set(), trouble: "", busy: false, sent: 0, known: false, up: true };
const KINDS = { notice: () => t("Notice on the lobby displays"), settings: () => t("File of settings"), members: () => t("List of members") };
const STATES = { pending: () => t("on its way"), applied: () => t("carried out"), refused: () => t("refused") };

function set(changes) {
  Object.assign(state, changes);
  draw();
}

function bodyOf(form) {
  return { zh: form.zh.value.trim(), en: form.en.value.trim(), ...(form.hours.value ? { length_s: Number(form.hours.value) * 3600 } : {}) };
}

async function send(event) {
  event.preventDefault();
  set({ busy: true, trouble: "" });
  try {
    await post("/api/v1/mail", { stores: [...state.chosen], kind: "notice", body: bodyOf(event.target) });
    set({ sent: state.chosen.size });
    await look();
  } catch (problem) {
    set({ trouble: problem.detail || t("No connection to the server. Nothing was changed; please try again.") });
  }
  set({ busy: false });
}

const toggle = (store) => (state.chosen.delete(store) || state.chosen.add(store), draw());
const all = () => set({ chosen: new Set(state.chosen.size === state.stores.length ? [] : state.stores.map(({ store }) => store)) });

const Notice = () => html`<div class="pair"><label class="field">${t("In Chinese")}<input name="zh" maxlength="80" required /></label><label class="field">${t("In English")}<input name="en" maxlength="120" required /></label>
  <label class="field">${t("How long")}<select name="hours"><option value="">${t("to the end of the day")}</option><option value="1">${t("{n} h", { n: 1 })}</option><option value="4">${t("{n} h", { n: 4 })}</option></select></label></div>`;

function Form() {
  return html`<section class="panel"><h2>${t("Notice on the lobby displays")}</h2><form onSubmit=${send}>
    ${state.trouble ? html`<p class="trouble" role="alert">${state.trouble}</p>` : null}
    <${Notice} />
    <div class="field">${t("To which stores")}<div class="picks" role="group" aria-label=${t("To which stores")}>
      <label><input type="checkbox" checked=${state.chosen.size === state.stores.length} onChange=${all} />${t("All of them")}<span>${state.stores.length}</span></label>
      ${state.stores.map((store) => html`<label><input type="checkbox" checked=${state.chosen.has(store.store)} onChange=${() => toggle(store.store)} />${called(store)}<span>${store.region}</span></label>`)}</div></div>
    <button class="go" aria-busy=${state.busy} disabled=${state.busy || !state.chosen.size}>${t("Send ({n})", { n: state.chosen.size })}</button></form></section>`;
}

function Log() {
  if (!state.mail.length) return html`<section class="panel"><h2>${t("What became of it")}</h2><p class="why">${t("Nothing was sent yet.")}</p></section>`;
  return html`<section class="panel"><h2>${t("What became of it")}</h2><table class="log"><thead><tr><th>${t("Store")}</th><th>${t("What")}</th><th>${t("Sent")}</th><th>${t("State")}</th></tr></thead>
    <tbody>${state.mail.map((one) => html`<tr key=${`${one.store} ${one.id}`}><td>${called(one)}</td><td>${KINDS[one.kind]?.() ?? one.kind}</td><td>${new Date(one.sent_at).toLocaleString()} · ${one.sent_by}</td><td><span class="state ${one.state}">${STATES[one.state]()}</span> ${one.state === "refused" ? reasons(one).join(" ") : ""}</td></tr>`)}</tbody></table></section>`;
}

const Page = () => html`<${Offline} up=${state.up} /><${Head} title=${t("Sent to stores")} here="/mail" /><main>${state.known && !state.stores.length ? html`<div class="none"><h2>${t("No store yet")}</h2></div>` : html`<${Form} />`}<${Log} /></main>`;

const look = keepLooking(async () => {
  const { mail } = await get("/api/v1/mail");
  set({ mail });
  return mail.some((one) => one.state === "pending");
}, set);

const draw = () => render(html`<${Page} />`, document.getElementById("app"));
draw();
const { stores } = await get("/api/v1/wall");
set({ stores, known: true });
await look();
