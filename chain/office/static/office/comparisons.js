// Owns comparing stores' settings with those of one of them: choosing the stores, and the newest comparisons.
import { get, post } from "/static/lobby/api.js";
import { Offline, html, render, useState } from "/static/lobby/page.js";
import { t } from "/static/lobby/texts.js";
import { Comparison } from "./comparison.js";
import { Head, called, follow, isIn, regionsOf } from "./page.js";

const state = { stores: [], recent: [], shown: null, chosen: new Set(), words: "", region: "", isNew: false, trouble: "", busy: false, known: false, up: true };

function set(changes) {
  Object.assign(state, changes);
  draw();
}

function found() {
  const words = state.words.trim().toLowerCase();
  return state.stores
    .filter((store) => isIn(state.region, store))
    .filter((store) => [store.store, store.region, store.name.zh, store.name.en].some((text) => text.toLowerCase().includes(words)));
}

const toggle = (store) => (state.chosen.delete(store) || state.chosen.add(store), draw());

function toggleAll(rows) {
  const isFull = rows.every(({ store }) => state.chosen.has(store));
  for (const { store } of rows) isFull ? state.chosen.delete(store) : state.chosen.add(store);
  draw();
}

async function begin(event) {
  event.preventDefault();
  set({ busy: true, trouble: "" });
  try {
    const { id } = await post("/api/v1/comparisons", { reference: event.target.reference.value, stores: [...state.chosen] });
    set({ isNew: false, chosen: new Set() });
    await open(id);
  } catch (problem) {
    set({ trouble: problem.detail || t("No connection to the server. Nothing was changed; please try again.") });
  }
  set({ busy: false });
}

function Begin() {
  const [reference, choose] = useState("");
  const rows = found().filter(({ store }) => store !== reference);
  const others = [...state.chosen].filter((store) => store !== reference).length;
  return html`<section class="panel"><h2>${t("New comparison")}</h2><form onSubmit=${begin}>
    <label class="field">${t("Reference: the store that is set as it should be")}<select name="reference" required onChange=${(event) => choose(event.target.value)}><option value="">${t("Choose a store")}</option>
      ${state.stores.map((store) => html`<option key=${store.store} value=${store.store}>${[called(store), store.region].filter(Boolean).join(" · ")}</option>`)}</select></label>
    <div class="field">${t("Stores to compare with it")}
      <div class="find"><input type="search" aria-label=${t("Find a store")} placeholder=${t("Find a store")} value=${state.words} onInput=${(event) => set({ words: event.target.value })} />
        <select aria-label=${t("Region")} onChange=${(event) => set({ region: event.target.value })}><option value="">${t("All regions")}</option>${regionsOf(state.stores).map((region) => html`<option key=${region} value=${region} selected=${region === state.region}>${region}</option>`)}</select></div>
      <div class="picks" role="group" aria-label=${t("Stores to compare with it")}>
        <label><input type="checkbox" checked=${rows.length > 0 && rows.every(({ store }) => state.chosen.has(store))} onChange=${() => toggleAll(rows)} />${t("All of them")}<span>${rows.length}</span></label>
        ${rows.map((store) => html`<label key=${store.store}><input type="checkbox" checked=${state.chosen.has(store.store)} onChange=${() => toggle(store.store)} />${called(store)}<span>${store.region}</span></label>`)}</div></div>
    <button class="go" aria-busy=${state.busy} disabled=${state.busy || !reference || !others}>${t("Compare ({n})", { n: others })}</button>
    <p class="why">${t("Nothing is changed in any store. Each tells what it has otherwise as soon as its line is there.")}</p></form></section>`;
}

const titled = (one) => `${called(one)} · ${new Date(one.made_at).toLocaleString()} · ${t("{answered} of {stores} answered", one)}`;

function Chooser() {
  return html`<div class="find"><select aria-label=${t("Comparison")} onChange=${(event) => open(Number(event.target.value))}>
      ${state.recent.map((one) => html`<option key=${one.id} value=${one.id} selected=${one.id === state.shown?.id}>${titled(one)}</option>`)}</select>
    <button type="button" class="quiet" aria-expanded=${state.isNew} onClick=${() => set({ isNew: !state.isNew })}>${t("New comparison")}</button></div>`;
}

function Page() {
  const canBegin = state.known && state.stores.length > 1;
  const begins = canBegin && (state.isNew || !state.recent.length);
  return html`<${Offline} up=${state.up} /><${Head} title=${t("Compare stores")} here="/comparisons" /><main>
    ${state.trouble ? html`<p class="trouble" role="alert">${state.trouble}</p>` : null}
    ${state.known && !canBegin ? html`<div class="none"><h2>${t("Two stores are needed to compare")}</h2></div>` : null}
    ${state.recent.length ? html`<${Chooser} />` : null}
    ${begins ? html`<${Begin} />` : null}
    ${state.shown && !begins ? html`<${Comparison} key=${state.shown.id} comparison=${state.shown} />` : null}</main>`;
}

const { look, open } = follow("comparisons", set);
const draw = () => render(html`<${Page} />`, document.getElementById("app"));
draw();
const { stores } = await get("/api/v1/wall");
await look();
set({ stores, known: true });
