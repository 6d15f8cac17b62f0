// Owns rolling settings or a list of members out: which stores first and which then, what it would change, and going on.
import { get, post } from "/static/lobby/api.js";
import { before, endsMany } from "/static/lobby/ending.js";
import { Offline, html, render } from "/static/lobby/page.js";
import { lang, t } from "/static/lobby/texts.js";
import { Head, More, called, follow, reasons } from "./page.js";

const FIRST = "1";
const THEN = "2";
const FEW = 5;
const state = { stores: [], recent: [], shown: null, isNew: false, chosen: new Map(), trouble: "", busy: "", known: false, up: true, kind: "settings", toml: "", of: null, list: null, sure: null };
const KINDS = { settings: () => t("Settings"), members: () => t("List of members") };
const STATES = { looking: () => t("nothing changed yet"), running: () => t("under way"), done: () => t("carried out"), stopped: () => t("stopped") };

function set(changes) {
  Object.assign(state, changes);
  draw();
}

async function attempt(what, work) {
  set({ busy: what, trouble: "" });
  try {
    await work();
  } catch (problem) {
    set({ trouble: problem.detail || t("No connection to the server. Nothing was changed; please try again.") });
  }
  await look();
  set({ busy: "" });
}

const ask = (what, path, body) => attempt(what, () => post(`/api/v1/rollouts${path}`, body));

async function send(name, stages) {
  if (state.kind === "settings") return post("/api/v1/rollouts", { name, stages, toml: state.toml });
  const { list } = await post("/api/v1/rollouts/lists", state.list);
  return post("/api/v1/rollouts/members", { name, stages, list });
}

function begin(event) {
  event.preventDefault();
  const stages = [FIRST, THEN].map((stage) => [...state.chosen].filter(([, at]) => at === stage).map(([store]) => store)).filter(({ length }) => length);
  return attempt("begin", async () => {
    const { id } = await send(event.target.named.value, stages);
    await open(id);
    set({ isNew: false, chosen: new Map(), kind: "settings", toml: "", of: null, list: null });
  });
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
    if (answer.ok) set({ isNew: true, toml: await answer.text(), of: reference });
  } catch (problem) {
    set({ trouble: problem.detail || t("No connection to the server.") });
  }
}

const SettingsFile = () => html`<label class="field">${t("File")}<input type="file" accept=".toml" onChange=${takeFile} /></label>
  <label class="field">${t("File of settings (TOML), as a store's settings page gives it")}<textarea name="toml" required spellcheck="false" value=${state.toml} onInput=${(event) => (state.toml = event.target.value)}></textarea></label>
  ${state.of && html`<p class="caution">${t("This is the whole file of {store}. Its own name, address and counters are in it too: delete what others are not to take over.", { store: called(state.of) })}</p>`}`;

const ListFile = () => html`<label class="field">${t("The carrier's list")}<input type="file" required accept=".csv,.txt,.tsv,.xlsx,.xls" onChange=${(event) => (state.list = event.target.files[0])} /></label>
  <p class="why">${t("CSV or Excel, as the office sends it, at most 16 MB. It is deleted here once every store has answered.")}</p>`;

function Begin() {
  return html`<section class="panel"><h2>${t("Begin a roll-out")}</h2><form onSubmit=${begin}>
    <div class="pair"><label class="field">${t("What it is for")}<input name="named" maxlength="80" required /></label>
      <label class="field">${t("What is sent")}<select onChange=${(event) => set({ kind: event.target.value })}>${Object.entries(KINDS).map(([kind, word]) => html`<option value=${kind} selected=${kind === state.kind}>${word()}</option>`)}</select></label></div>
    ${state.kind === "settings" ? html`<${SettingsFile} key="settings" />` : html`<${ListFile} key="members" />`}
    <div class="field">${t("To which stores")}<div class="picks">
      ${state.stores.map((store) => html`<label>${called(store)}<span>${store.region}</span><select aria-label=${called(store)} onChange=${(event) => choose(store.store, event.target.value)}>
        ${[["", t("not")], [FIRST, t("at first")], [THEN, t("then")]].map(([stage, word]) => html`<option value=${stage} selected=${(state.chosen.get(store.store) ?? "") === stage}>${word}</option>`)}</select></label>`)}</div></div>
    <div class="row"><button type="button" class="quiet" onClick=${allThen}>${t("All others then")}</button>
      <button class="go" aria-busy=${state.busy === "begin"} disabled=${state.busy === "begin" || !state.chosen.size}>${t("Show what it would change")}</button></div>
    <p class="why">${t("Nothing is changed before you have seen it and go on.")}</p></form></section>`;
}

const count = (changes) => (changes.length ? t("{n} changes", { n: changes.length }) : t("changes nothing"));

const Changes = ({ changes }) => html`<${More} summary=${count(changes)}>${() => html`<dl class="changes">${changes.map((change) => html`<div><dt>${change.what[lang()]}</dt><dd><s>${change.before[lang()]}</s> → <b>${change.after[lang()]}</b></dd></div>`)}</dl>`}<//>`;

const inWords = (counts) => Object.fromEntries(Object.entries(counts).map(([what, n]) => [what, n.toLocaleString()]));

const Fault = ({ fault }) => html`<div><dt>${t("Line {line}, {column}", fault)}</dt><dd>${t(fault.text, fault.values)}</dd></div>`;

function Members({ counts, faults }) {
  const more = counts.faults - faults.length;
  return html`<${More} summary=${t("{added} added · {changed} changed · {ended} ended · {faults} faults", inWords(counts))}>${() => html`
    <dl class="changes"><div><dt>${t("{unchanged} unchanged", inWords(counts))}</dt></div>${faults.map((fault) => html`<${Fault} fault=${fault} />`)}${more ? html`<div><dd>${t("… and {n} more", { n: more.toLocaleString() })}</dd></div>` : null}</dl>`}<//>`;
}

const Shown = ({ kind, shown }) => (kind === "members" ? html`<${Members} ...${shown} />` : html`<${Changes} ...${shown} />`);

const Waits = ({ one }) => html`<span class="state">${t("on its way")}</span> ${one.is_there ? null : html`<span class="state refused">${t("cut off")}</span>`}`;

/** Where stores stand, what needs somebody first: the states that are so, how many are, and what is said of each. */
const STANDS = [
  ["refused", ["refused"], ({ refused }) => t("Cannot take it over: {n}", { n: refused }), () => t("Reason")],
  ["waiting", ["looking", "taking"], ({ looking, taking, cut_off }) => (cut_off ? t("Not answered yet: {n}, cut off: {away}", { n: looking + taking, away: cut_off }) : t("Not answered yet: {n}", { n: looking + taking })), () => t("State")],
  ["different", ["shown"], ({ shown }) => t("Shown, not taken over: {n}", { n: shown }), () => t("What it would change")],
  ["same", ["taken"], ({ taken }) => t("Taken over: {n}", { n: taken }), () => t("What has changed")],
];

const Row = ({ kind, one }) => html`<tr><td>${called(one)}</td><td>${one.stage === 1 ? t("at first") : t("then")}</td>
  <td>${one.state === "refused" ? html`<p>${reasons(one).join(" ")}</p>` : null}${one.state === "looking" || one.state === "taking" ? html`<${Waits} one=${one} />` : null}${one.shown ? html`<${Shown} kind=${kind} shown=${one.shown} />` : null}</td></tr>`;

const Table = ({ kind, stores, head }) => html`<table class="log"><thead><tr><th>${t("Store")}</th><th>${t("When")}</th><th>${head}</th></tr></thead>
  <tbody>${stores.map((one) => html`<${Row} key=${one.store} kind=${kind} one=${one} />`)}</tbody></table>`;

/** How many stores stand where; with the stores themselves they open, a few at once. */
function Stands({ rollout, stores }) {
  const lists = STANDS.map(([stand, states, words, head]) => {
    const n = states.reduce((sum, one) => sum + rollout[one], 0);
    if (!n) return null;
    if (!stores) return html`<span key=${stand} class="answers ${stand}">${words(rollout)}</span>`;
    return html`<${More} key=${stand} class="answers ${stand}" summary=${words(rollout)} isFirstOpen=${n <= FEW}>${() => html`<${Table} kind=${rollout.kind} head=${head()} stores=${stores.filter(({ state: at }) => states.includes(at))} />`}<//>`;
  });
  return html`<div class="told">${lists}</div>`;
}

function Waiting({ rollout }) {
  if (rollout.is_cut_short) return html`<p class="why bad">${t("The list is no longer kept here. Stop here, and begin a new roll-out with it.")}</p>`;
  return rollout.is_ready ? null : html`<p class="why">${t("Going on is possible once these stores have answered.")}</p>`;
}

const untold = (stores) => stores.filter((one) => one.state === "shown");
const manyEnd = (rollout, stores) => (rollout.kind === "members" ? untold(stores).filter((one) => endsMany(one.shown.counts)) : []);
const sum = (stores, of) => stores.reduce((all, { shown }) => all + of(shown.counts), 0);
const endings = (stores) => inWords({ stores: stores.length, n: sum(stores, ({ ended }) => ended), all: sum(stores, before) });

/** Whoever lets a list end many cards says first that it is the whole list: a part of it would end those of all others. */
function Sure({ rollout, many }) {
  return html`<div class="caution"><p>${t("At {stores} stores {n} of {all} members would become ordinary customers. Is this the whole list?", endings(many))}</p>
    <label class="sure"><input type="checkbox" checked=${state.sure === rollout.id} onChange=${(event) => set({ sure: event.target.checked ? rollout.id : null })} />${t("Yes, this is the whole list")}</label></div>`;
}

/** The cards that would end in stores that have not been told yet. */
function Ends({ rollout, stores }) {
  const those = untold(stores);
  if (rollout.kind !== "members" || !those.length) return null;
  const many = manyEnd(rollout, stores);
  const sorted = () => [...those].sort((one, two) => two.shown.counts.ended - one.shown.counts.ended);
  return html`${many.length ? html`<${Sure} rollout=${rollout} many=${many} />` : null}
    <${More} class="ends" summary=${t("Cards that would end, all stores together: {n} of {all}", endings(those))}>${() => html`<p class="names">${sorted().map((one) => html`<span key=${one.store} class=${endsMany(one.shown.counts) ? "many" : ""}>${called(one)} <em>${endings([one]).n} / ${endings([one]).all}</em></span>`)}</p>`}<//>`;
}

function Ways({ rollout, stores }) {
  const isUnsure = state.sure !== rollout.id && manyEnd(rollout, stores).length > 0;
  const word = rollout.stage + 1 < rollout.stages ? t("Take it over at the first stores") : t("Take it over at all others");
  const next = rollout.stages === 1 ? t("Take it over") : word;
  return html`<div class="row">${rollout.stage < rollout.stages ? html`<button type="button" class="go" disabled=${!rollout.is_ready || isUnsure || state.busy} aria-busy=${state.busy === `next ${rollout.id}`} onClick=${() => ask(`next ${rollout.id}`, `/${rollout.id}/next`, { stage: rollout.stage })}>${next}</button>` : null}
      <button type="button" class="quiet" disabled=${Boolean(state.busy)} onClick=${() => ask(`stop ${rollout.id}`, `/${rollout.id}/stop`, {})}>${t("Stop here")}</button></div>
    <${Waiting} rollout=${rollout} />`;
}

function Needs({ rollout }) {
  if (rollout.is_cut_short && rollout.state !== "stopped") return html`<span class="state refused">${t("list no longer kept")}</span>`;
  return rollout.is_ready ? html`<span class="state ready">${t("waits for a decision")}</span>` : null;
}

function Rollout({ rollout, stores }) {
  const isOver = rollout.state === "done" || rollout.state === "stopped";
  const told = rollout.stages > 1 && rollout.stage ? t("stage {n} of {all}", { n: rollout.stage, all: rollout.stages }) : "";
  const about = [KINDS[rollout.kind](), told, new Date(rollout.made_at).toLocaleString(), rollout.made_by];
  return html`<section class="panel" data-rollout=${rollout.id}><h2><button type="button" aria-expanded=${Boolean(stores)} onClick=${() => open(rollout.id)}>${rollout.name}</button> <span class="state ${rollout.state === "done" ? "applied" : ""}">${STATES[rollout.state]()}</span> <${Needs} rollout=${rollout} /></h2>
    <p class="why">${about.filter(Boolean).join(" · ")}</p>
    ${stores && !isOver ? html`<${Ends} rollout=${rollout} stores=${stores} /><${Ways} rollout=${rollout} stores=${stores} />` : null}
    <${Stands} rollout=${rollout} stores=${stores} /></section>`;
}

/** The newest, and the one that is open if it is older. */
function Rollouts() {
  const { recent, shown } = state;
  const all = shown && !recent.some(({ id }) => id === shown.id) ? [shown, ...recent] : recent;
  return all.map((rollout) => html`<${Rollout} key=${rollout.id} rollout=${rollout} stores=${rollout.id === shown?.id ? shown.stores : null} />`);
}

function Page() {
  const canBegin = state.known && state.stores.length > 0;
  return html`<${Offline} up=${state.up} /><${Head} title=${t("Roll-outs")} here="/rollouts" /><main>
    ${state.trouble ? html`<p class="trouble" role="alert">${state.trouble}</p>` : null}
    ${state.known && !canBegin ? html`<div class="none"><h2>${t("No store yet")}</h2></div>` : null}
    ${canBegin && state.recent.length ? html`<div class="find"><button type="button" class="quiet" aria-expanded=${state.isNew} onClick=${() => set({ isNew: !state.isNew })}>${t("Begin a roll-out")}</button></div>` : null}
    ${canBegin && state.isNew ? html`<${Begin} />` : null}<${Rollouts} /></main>`;
}

const { look, open } = follow("rollouts", set);
const draw = () => render(html`<${Page} />`, document.getElementById("app"));
draw();
const { stores } = await get("/api/v1/wall");
await look();
set({ stores, known: true, isNew: !state.recent.length });
await takeCompared();
