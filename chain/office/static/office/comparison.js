// Owns one comparison as people read it: who has answered what, each setting that differs, and the ways on from there.
import { html, useState } from "/static/lobby/page.js";
import { lang, t } from "/static/lobby/texts.js";
import { More, called, reasons } from "./page.js";

const FEW = 3;
const HIDDEN = "comparison.hidden";
const here = (names) => names[lang()];

const Names = ({ stores, note = () => "" }) => html`<p class="names">${stores.map((store) => html`<span key=${store.store}>${called(store)} <em>${note(store)}</em></span>`)}</p>`;
const Waiting = ({ stores }) => html`<${Names} stores=${stores} note=${({ is_there }) => (is_there ? "" : t("cut off"))} />`;
const Different = ({ stores }) => html`<${Names} stores=${[...stores].sort((one, two) => two.changes - one.changes)} note=${({ changes }) => changes} />`;

const Refusals = ({ stores }) => html`<ul class="refusals">${stores.map((store) => html`<li key=${store.store}><b>${called(store)}</b>${reasons(store).map((line) => html`<span key=${line}>${line}</span>`)}</li>`)}</ul>`;

const COUNTS = [
  ["refused", (n) => t("The reference's file cannot work there: {n}", { n }), Refusals],
  ["waiting", (n, away) => (away ? t("Not answered yet: {n}, cut off: {away}", { n, away }) : t("Not answered yet: {n}", { n })), Waiting],
  ["gone", (n) => t("Have left the chain: {n}", { n }), Names],
  ["different", (n) => t("Set otherwise: {n}", { n }), Different],
  ["same", (n) => t("Set as the reference: {n}", { n }), Names],
];

function Answers({ stores }) {
  const lists = COUNTS.map(([answer, words, List]) => {
    const those = stores.filter((one) => one.answer === answer);
    const away = those.filter((one) => !one.is_there).length;
    return those.length ? html`<${More} key=${answer} class="answers ${answer}" summary=${words(those.length, away)}>${() => html`<${List} stores=${those} />`}<//>` : null;
  });
  return html`<div class="told">${lists}</div>`;
}

function Value({ text, stores, isReference }) {
  const count = stores.length === 1 ? called(stores[0]) : t("{n} stores", { n: stores.length });
  const summary = html`<b>${text}</b> <span>${count}</span>`;
  return html`<li class=${isReference ? "as" : ""}>${stores.length === 1 ? html`<p>${summary}</p>` : html`<${More} summary=${summary}>${() => html`<${Names} stores=${stores} />`}<//>`}</li>`;
}

function Row({ one, told }) {
  const [all, setAll] = useState(false);
  const shown = all ? one.values : one.values.slice(0, FEW);
  const others = new Set(one.values.flatMap(({ stores }) => stores));
  const same = [...told.values()].filter(({ store }) => !others.has(store));
  return html`<tr><th scope="row">${here(one.what)}</th><td data-label=${t("Reference")}>${here(one.reference)}</td>
    <td><ul class="values">${shown.map(({ value, stores }) => html`<${Value} key=${here(value)} text=${here(value)} stores=${stores.map((store) => told.get(store))} />`)}
      ${one.values.length > shown.length ? html`<li><button type="button" class="quiet" onClick=${() => setAll(true)}>${t("More values: {n}", { n: one.values.length - shown.length })}</button></li>` : null}
      ${same.length ? html`<${Value} text=${t("as the reference")} stores=${same} isReference=${true} />` : null}</ul></td></tr>`;
}

const listed = (text) => text.toLowerCase().split(/[,，、;；]/).map((word) => word.trim()).filter(Boolean);

function Differences({ comparison }) {
  const [words, setWords] = useState("");
  const [hidden, setHidden] = useState(localStorage.getItem(HIDDEN) ?? "");
  const told = new Map(comparison.stores.filter(({ answer }) => answer === "same" || answer === "different").map((one) => [one.store, one]));
  const hide = (event) => {
    localStorage.setItem(HIDDEN, event.target.value);
    setHidden(event.target.value);
  };
  const texts = (one) => [here(one.what), here(one.reference), ...one.values.flatMap(({ value, stores }) => [here(value), ...stores.map((store) => called(told.get(store)))])];
  const has = (one, word) => texts(one).some((text) => text.toLowerCase().includes(word));
  const kept = comparison.differences.filter((one) => !listed(hidden).some((word) => here(one.what).toLowerCase().includes(word)));
  const rows = kept.filter((one) => has(one, words.trim().toLowerCase()));
  const all = comparison.differences.length;
  return html`<div class="pair"><label class="field">${t("Find a setting, a value or a store")}<input type="search" value=${words} onInput=${(event) => setWords(event.target.value)} /></label>
      <label class="field">${t("Hide settings with these words, such as: name, address")}<input value=${hidden} onInput=${hide} /></label></div>
    <p class="why" role="status">${rows.length === all ? t("Settings that differ: {n}.", { n: all }) : t("Settings that differ: {n} of {all}.", { n: rows.length, all })} ${t("What only other stores have, such as more counters, is not looked at.")}</p>
    ${rows.length ? html`<table class="log compared"><thead><tr><th>${t("Setting")}</th><th>${t("Reference")}</th><th>${t("In the others")}</th></tr></thead><tbody>${rows.map((one) => html`<${Row} key=${here(one.what) + here(one.reference)} one=${one} told=${told} />`)}</tbody></table>` : null}`;
}

function Ways({ comparison }) {
  const path = `/api/v1/comparisons/${comparison.id}`;
  return html`<div class="row"><a class="go" href=${`/rollouts?comparison=${comparison.id}`}>${t("Roll this file out")}</a>
    <a class="link" href=${`${path}.toml`} download>${t("File of settings")}</a>
    <a class="link" href=${`${path}.xlsx?lang=${lang()}`} download>Excel</a><a class="link" href=${`${path}.csv?lang=${lang()}`} download>CSV</a></div>`;
}

const STAGES = { copying: () => t("on its way"), asking: () => t("under way"), done: () => t("carried out"), failed: () => t("refused") };

function Course({ comparison: { stage, reference, stores } }) {
  if (stage === "failed") return html`<p class="trouble">${reference.answer === "gone" ? t("The reference has left the chain.") : reasons(reference).join(" ")}</p>`;
  if (stage === "copying") return html`<p class="why">${reference.is_there ? t("The reference is asked for its settings.") : t("The reference is cut off. It is asked for its settings as soon as its line is there.")}</p>`;
  return html`<${Answers} stores=${stores} />`;
}

export function Comparison({ comparison }) {
  const { stage, differences, stores } = comparison;
  const isAlike = stage === "done" && !differences.length && stores.some(({ answer }) => answer === "same");
  return html`<section class="panel" data-comparison=${comparison.id}><h2>${t("Compared with {store}: {n}", { n: stores.length, store: called(comparison.reference) })} <span class="state ${{ done: "applied", failed: "refused" }[stage] ?? ""}">${STAGES[stage]()}</span></h2>
    <p class="why">${new Date(comparison.made_at).toLocaleString()} · ${comparison.made_by}</p>
    <${Course} comparison=${comparison} />
    ${comparison.has_file ? html`<${Ways} comparison=${comparison} />` : null}
    ${isAlike ? html`<p class="why">${t("No setting differs.")}</p>` : null}
    ${differences.length ? html`<${Differences} comparison=${comparison} />` : null}</section>`;
}
