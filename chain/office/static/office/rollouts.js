// Owns rolling a file of settings out: which stores first and which then, what it would change at each, and going on.
import { get, post } from "/static/lobby/api.js";
import { html, render } from "/static/lobby/page.js";
import { lang, name, t } from "/static/lobby/texts.js";
import { Head, called } from "./page.js";

const LOOK_MS = 2000;
const FIRST = "1";
const THEN = "2";
const state = { stores: [], rollouts: [], chosen: new Map(), trouble: "", busy: "", known: false, toml: "", of: null };
const STATES = { looking: () => t("nothing changed yet"), running: () => t("under way"), done: () => t("carried out"), stopped: () => t("stopped") };

function set(changes) {
  Object.assign(state, changes);
  draw();
}

async function ask(what, path, body) {
  set({ busy: what, trouble: "" });
  try {
    await post(`/api/v1/rollouts${path}`, body);
    await look();
    set({ busy: "" });
    return true;
  } catch (problem) {
    set({ busy: "", trouble: problem.detail || t("No connection to the server. Nothing was changed; please try again.") });
    return false;
  }
}

async function begin(event) {
  event.preventDefault();
  const stages = [FIRST, THEN].map((stage) => [...state.chosen].filter(([, at]) => at === stage).map(([store]) => store)).filter(({ length }) => length);
  if (await ask("begin", "", { name: event.target.named.value, toml: event.target.toml.value, stages })) {
    event.target.reset();
    set({ chosen: new Map(), toml: "" });
  }
}

const choose = (store, stage) => (stage ? state.chosen.set(store, stage) : state.chosen.delete(store), draw());
const allThen = () => set({ chosen: new Map(state.stores.map(({ store }) => [store, state.chosen.get(store) ?? THEN])) });

async function takeFile(event) {
  const [file] = event.target.files;
  if (file) set({ toml: await file.text() });
}

/** The file of a comparison's reference, where the page was opened with one. */
async function takeCompared() {
  const id = new URLSearchParams(location.search).get("comparison");
  if (!id) return;
  const path = `/api/v1/comparisons/${encodeURIComponent(id)}`;
  try {
    const { reference } = await get(path);
    const answer = await fetch(`${path}.toml`);
    if (answer.ok) set({ toml: await answer.text(), of: reference });
  } catch (problem) {
    set({ trouble: problem.detail || t("No connection to the server.") });
  }
}

function Begin() {
  return html`<section class="panel"><h2>${t("Begin a roll-out")}</h2><form onSubmit=${begin}>
    <div class="pair"><label class="field">${t("What it is for")}<input name="named" maxlength="80" required /></label><label class="field">${t("File")}<input type="file" accept=".toml" onChange=${takeFile} /></label></div>
    <label class="field">${t("File of settings (TOML), as a store's settings page gives it")}<textarea name="toml" required spellcheck="false" value=${state.toml} onInput=${(event) => (state.toml = event.target.value)}></textarea></label>
    ${state.of && html`<p class="caution">${t("This is the whole file of {store}. Its own name, address and counters are in it too: delete what others are not to take over.", { store: called(state.of) })}</p>`}
    <div class="field">${t("To which stores")}<div class="picks">
      ${state.stores.map((store) => html`<label>${name(store.name)}<span>${store.region}</span><select aria-label=${name(store.name)} onChange=${(event) => choose(store.store, event.target.value)}>
        ${[["", t("not")], [FIRST, t("at first")], [THEN, t("then")]].map(([stage, word]) => html`<option value=${stage} selected=${(state.chosen.get(store.store) ?? "") === stage}>${word}</option>`)}</select></label>`)}</div></div>
    <div class="row"><button type="button" class="quiet" onClick=${allThen}>${t("All others then")}</button>
      <button class="go" aria-busy=${state.busy === "begin"} disabled=${state.busy === "begin" || !state.chosen.size}>${t("Show what it would change")}</button></div>
    <p class="why">${t("Nothing is changed before you have seen it and go on.")}</p></form></section>`;
}

const count = (changes) => (changes.length ? t("{n} changes", { n: changes.length }) : t("changes nothing"));

function Preview({ one }) {
  if (one.preview === "pending") return html`<span class="state">${t("on its way")}</span>`;
  if (one.preview === "refused") return html`<span class="state refused">${t("refused")}</span> ${one.refusal}`;
  return html`<details><summary>${count(one.changes)}</summary><dl class="changes">${one.changes.map((change) => html`<div><dt>${change.what[lang()]}</dt><dd><s>${change.before[lang()]}</s> → <b>${change.after[lang()]}</b></dd></div>`)}</dl></details>`;
}

const Taken = ({ one }) => (one.applied ? html`<span class="state ${one.applied}">${{ pending: t("on its way"), applied: t("carried out"), refused: t("refused") }[one.applied]}</span> ${one.applied === "refused" ? one.refusal : ""}` : "–");

function Rollout({ rollout }) {
  const word = rollout.stage + 1 < rollout.stages ? t("Take it over at the first stores") : t("Take it over at all others");
  const next = rollout.stages === 1 ? t("Take it over") : word;
  const isOver = rollout.state === "done" || rollout.state === "stopped";
  return html`<section class="panel" data-rollout=${rollout.id}><h2>${rollout.name} <span class="state ${rollout.state === "done" ? "applied" : ""}">${STATES[rollout.state]()}</span></h2>
    <p class="why">${new Date(rollout.made_at).toLocaleString()} · ${rollout.made_by}</p>
    <table class="log"><thead><tr><th>${t("Store")}</th><th>${t("When")}</th><th>${t("What it would change")}</th><th>${t("Taken over")}</th></tr></thead>
      <tbody>${rollout.stores.map((one) => html`<tr key=${one.store}><td>${called(one)}</td><td>${one.stage < rollout.stages ? t("at first") : t("then")}</td><td><${Preview} one=${one} /></td><td><${Taken} one=${one} /></td></tr>`)}</tbody></table>
    ${isOver ? null : html`<div class="row">${rollout.stage < rollout.stages ? html`<button type="button" class="go" disabled=${!rollout.is_ready || state.busy} aria-busy=${state.busy === `next ${rollout.id}`} onClick=${() => ask(`next ${rollout.id}`, `/${rollout.id}/next`, { stage: rollout.stage })}>${next}</button>` : null}
      <button type="button" class="quiet" disabled=${Boolean(state.busy)} onClick=${() => ask(`stop ${rollout.id}`, `/${rollout.id}/stop`, {})}>${t("Stop here")}</button></div>
      ${rollout.is_ready ? null : html`<p class="why">${t("Going on is possible once these stores have answered.")}</p>`}`}</section>`;
}

function Page() {
  return html`<${Head} title=${t("Roll out settings")} here="/rollouts" /><main>
    ${state.trouble ? html`<p class="trouble" role="alert">${state.trouble}</p>` : null}
    ${state.known && !state.stores.length ? html`<div class="none"><h2>${t("No store yet")}</h2></div>` : html`<${Begin} />`}
    ${state.rollouts.map((rollout) => html`<${Rollout} key=${rollout.id} rollout=${rollout} />`)}</main>`;
}

async function look() {
  const { rollouts } = await get("/api/v1/rollouts");
  set({ rollouts });
}

const draw = () => render(html`<${Page} />`, document.getElementById("app"));
draw();
const { stores } = await get("/api/v1/wall");
set({ stores, known: true });
await takeCompared();
await look();
setInterval(() => look().catch(() => {}), LOOK_MS);
