// Owns the wall: all stores live on one page, the gravest first, and one store in detail.
import { post } from "/static/lobby/api.js";
import { Offline, html, minutes, range, render, useTick } from "/static/lobby/page.js";
import { lang, name, t } from "/static/lobby/texts.js";
import { io } from "/static/vendor/socket.io.js";
import { Head, Sheet, isIn, mayAct, regionsOf } from "./page.js";

const SILENT_S = 45;
const LEVELS = ["red", "amber", "green", "grey"];
const FAR = 1e9;
const state = { stores: new Map(), up: true, known: false, sort: ["level", 1], level: null, region: "", words: "", open: null, trouble: "", busy: false };

/** The age of what is known of a store, in seconds: it grows here until there is news. */
const age = (store) => (store.age_s === null ? null : store.age_s + (performance.now() - store.heard) / 1000);
const silence = (store) => (store.silent_s === null ? FAR : store.silent_s + (performance.now() - store.heard) / 1000);
const isSilent = (store) => silence(store) > SILENT_S;
const level = (store) => (isSilent(store) && store.standing === "joined" && store.moment ? (store.moment.is_open ? "red" : "grey") : store.level);
const of = (key) => (store) => store.moment?.[key] ?? -1;
const inTime = ({ moment }) => (moment && moment.kept + moment.missed ? moment.kept / (moment.kept + moment.missed) : 2);

/** By column: what it is called, what it sorts by, the gravest first, and how it is shown. */
const COLUMNS = [
  ["level", () => t("Store"), (store) => LEVELS.indexOf(level(store)) * FAR - of("late")(store) * 1e6 - of("longest_s")(store), 1],
  ["waiting", () => t("People waiting"), of("waiting"), -1, ({ moment }) => html`<b>${moment.waiting}</b>`],
  ["longest", () => t("Longest wait"), of("longest_s"), -1, ({ moment }) => span(moment.longest_s, 1800)],
  ["vips", () => t("VIPs waiting"), of("vip_waiting"), -1, ({ moment }) => moment.vip_waiting || "–"],
  ["vip", () => t("Longest VIP"), of("vip_longest_s"), -1, ({ moment }) => span(moment.vip_longest_s, 480)],
  ["late", () => t("Late · at risk"), (store) => of("late")(store) * 1000 + of("at_risk")(store), -1, ({ moment }) => html`<span class=${moment.late ? "bad" : ""}>${moment.late}</span> · <span class=${moment.at_risk ? "warn" : ""}>${moment.at_risk}</span>`],
  ["counters", () => t("Counters open"), of("counters_open"), 1, ({ moment }) => html`${moment.counters_open}/${moment.counters}`],
  ["issued", () => t("Numbers today"), of("issued"), -1, ({ moment }) => moment.issued],
  ["kept", () => t("Promises kept"), inTime, 1, (store) => (inTime(store) > 1 ? "–" : html`${Math.round(100 * inTime(store))} %`)],
  ["call", () => t("Last call"), (store) => store.moment?.last_call?.at ?? 0, -1, ({ moment }) => (moment.last_call ? html`<b data-call>${moment.last_call.number}</b> → ${moment.last_call.counter}` : "–")],
  ["age", () => t("News"), silence, -1, (store) => news(store)],
];

const span = (seconds, grave) => (seconds ? html`<span class=${seconds >= grave ? "bad" : ""}>${t("{n} min", { n: minutes(seconds) })}</span>` : "–");

function news(store) {
  if (store.standing === "parted") return html`<span class="bad">${t("Restored: decide")}</span>`;
  const old = age(store);
  if (old === null) return store.standing === "expected" ? t("Not joined yet") : "–";
  if (!isSilent(store)) return store.behind > 1000 ? t("{n} lines behind", { n: store.behind }) : t("live");
  return html`<span class=${store.moment.is_open ? "bad" : ""}>${t("cut off for {time}", { time: length(silence(store)) })}</span>`;
}

function length(seconds) {
  if (seconds < 3600) return t("{n} min", { n: Math.max(1, minutes(seconds)) });
  return seconds < 2 * 86400 ? t("{n} h", { n: Math.floor(seconds / 3600) }) : t("{n} days", { n: Math.floor(seconds / 86400) });
}

function shown() {
  const words = state.words.trim().toLowerCase();
  const [key, way] = state.sort;
  const by = COLUMNS.find(([code]) => code === key)[2];
  return [...state.stores.values()]
    .filter((store) => (!state.level || level(store) === state.level) && isIn(state.region, store))
    .filter((store) => !words || [store.store, store.region, store.name.zh, store.name.en].some((text) => text.toLowerCase().includes(words)))
    .sort((one, two) => way * (by(one) - by(two)) || one.store.localeCompare(two.store));
}

function set(changes) {
  Object.assign(state, changes);
  draw();
}

const sortBy = (key, way) => set({ sort: state.sort[0] === key ? [key, -state.sort[1]] : [key, way] });

function Sums() {
  const all = [...state.stores.values()];
  const count = (code) => all.filter((store) => level(store) === code).length;
  const waiting = all.reduce((sum, { moment }) => sum + (moment?.waiting ?? 0), 0);
  const words = { red: t("Needs help now"), amber: t("Watch"), green: t("All well"), grey: t("Closed or not joined") };
  return html`<div class="sums"><div class="sum"><span>${t("Stores")}</span><b>${all.length}</b></div><div class="sum"><span>${t("People waiting")}</span><b>${waiting}</b></div>
    ${LEVELS.map((code) => html`<button type="button" class="sum ${code}" aria-pressed=${state.level === code} onClick=${() => set({ level: state.level === code ? null : code })}><span>${words[code]}</span><b>${count(code)}</b></button>`)}</div>`;
}

function Row({ store }) {
  return html`<tr class=${level(store)} data-store=${store.store}><td><button type="button" class="open" onClick=${() => set({ open: store.id, trouble: "" })}>${name(store.name)}</button><em>${[store.store, store.region].filter((text, n) => text && (n || text !== name(store.name))).join(" · ")}</em></td>
    ${COLUMNS.slice(1).map(([key, word, , , cell]) => html`<td data-label=${word()}>${store.moment || key === "age" ? cell(store) : "–"}</td>`)}</tr>`;
}

async function accept(store) {
  set({ busy: true, trouble: "" });
  try {
    await post("/api/v1/stores/accept", { store: store.store });
    set({ busy: false, open: null });
  } catch (problem) {
    set({ busy: false, trouble: problem.detail || t("No connection to the server. Nothing was changed; please try again.") });
  }
}

function Parted({ store }) {
  return html`<p class="trouble">${t("This store was restored from an older backup. Its journal agrees with what is here up to line {common}; {lost} later lines are here that the store no longer has.", { common: store.common, lost: store.acked - store.common })}</p>
    <p class="why">${t("If it goes on, those lines are kept apart and marked, and what it was asked for since then is sent again. If the newer database can still be found, put that one back instead.")}</p>
    ${mayAct() ? html`<button type="button" class="go" aria-busy=${state.busy} disabled=${state.busy} onClick=${() => accept(store)}>${t("Let it go on from line {common}", { common: store.common })}</button>` : null}`;
}

function Detail({ store }) {
  const { moment } = store;
  const facts = [[t("News"), news(store)], [t("Journal lines here"), store.acked], [t("Still to come"), store.behind], [t("Program version"), store.program || "–"]];
  return html`<${Sheet} title=${name(store.name)} about=${[store.store, store.region].filter(Boolean).join(" · ")} close=${() => set({ open: null })}>
    ${state.trouble ? html`<p class="trouble" role="alert">${state.trouble}</p>` : null}
    ${store.standing === "parted" ? html`<${Parted} store=${store} />` : null}
    <dl>${facts.map(([word, value]) => html`<div><dt>${word}</dt><dd>${value}</dd></div>`)}</dl>
    ${moment ? html`<table><thead><tr><th>${t("Queue")}</th><th class="n">${t("People waiting")}</th><th class="n">${t("Who comes now waits")}</th></tr></thead>
      <tbody>${moment.queues.map((queue) => html`<tr><td>${queue.letter} · ${name(queue.name)}</td><td class="n">${queue.waiting}</td><td class="n">${range(queue.quote) ? t("{range} min", { range: range(queue.quote) }) : "–"}</td></tr>`)}</tbody></table>` : null}
  <//>`;
}

function Wall() {
  useTick(5000);
  const rows = shown();
  const open = state.stores.get(state.open);
  return html`<${Offline} up=${state.up} />
    <${Head} title=${t("All stores")} here="/"><span class="live ${state.up ? "" : "off"}"><i></i>${state.up ? t("live") : t("no connection")}</span><//>
    <main>${state.known && !state.stores.size ? html`<div class="none"><h2>${t("No store yet")}</h2><p>${t("Add the first one on the server; its token is printed once, for “lobbyline join” in the store.")}</p><code>lobbyline headoffice store add --name …</code></div>` : null}
    ${state.stores.size ? html`<${Sums} /><div class="find"><input type="search" aria-label=${t("Find a store")} placeholder=${t("Find a store")} value=${state.words} onInput=${(event) => set({ words: event.target.value })} />
      <select aria-label=${t("Region")} onChange=${(event) => set({ region: event.target.value })}><option value="">${t("All regions")}</option>${regionsOf([...state.stores.values()]).map((region) => html`<option value=${region} selected=${region === state.region}>${region}</option>`)}</select>
      ${["xlsx", "csv"].map((ending) => html`<a class="link" href=${`/api/v1/wall.${ending}?lang=${lang()}`} download>${ending === "csv" ? "CSV" : "Excel"}</a>`)}</div>
      ${rows.length ? html`<table class="wall"><thead><tr>${COLUMNS.map(([key, word, , way]) => html`<th aria-sort=${state.sort[0] === key ? (state.sort[1] > 0 ? "ascending" : "descending") : undefined}><button type="button" onClick=${() => sortBy(key, way)}>${word()}${state.sort[0] === key ? (state.sort[1] > 0 ? " ↑" : " ↓") : ""}</button></th>`)}</tr></thead>
      <tbody>${rows.map((store) => html`<${Row} key=${store.id} store=${store} />`)}</tbody></table>` : html`<div class="none"><h2>${t("No store matches")}</h2><button type="button" class="quiet" onClick=${() => set({ words: "", region: "", level: null })}>${t("Show all")}</button></div>`}` : null}</main>
    ${open ? html`<${Detail} key=${open.id} store=${open} />` : null}`;
}

function take(stores) {
  for (const store of stores) {
    const before = state.stores.get(store.id);
    if (!before || store.seq >= before.seq || store.standing !== before.standing) state.stores.set(store.id, { ...store, heard: performance.now() });
  }
  set({ known: true });
}

const draw = () => render(html`<${Wall} />`, document.getElementById("app"));
const socket = io({ transports: ["websocket"], reconnectionDelay: 500, reconnectionDelayMax: 3000 });
socket.on("connect", () => {
  set({ up: true });
  socket.emit("watch");
});
socket.on("disconnect", () => set({ up: false }));
socket.on("connect_error", () => set({ up: false }));
socket.on("wall", ({ stores }) => {
  state.stores.clear();
  take(stores);
});
socket.on("stores", ({ stores }) => take(stores));
draw();
