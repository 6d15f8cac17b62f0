// Owns the page of counters: all of them, one to change or to add, and who would serve what.
import { html, render, stateName, useState } from "/static/lobby/page.js";
import { name, t } from "/static/lobby/texts.js";
import { Field, Outcome, Pair, Question, typed, usePage } from "./parts.js";
import { Reach } from "./reach.js";

const NEW = 0;
const CLASSES = { vip: () => t("VIPs"), appointment: () => t("Appointments"), ordinary: () => t("Ordinary customers") };
const WORDS = { primary: () => t("primary"), backup: () => t("backup"), vip_first: () => t("VIPs first"), never: () => t("never") };
const CHOICES = { vip: ["primary", "vip_first", "backup", "never"], appointment: ["primary", "backup", "never"], ordinary: ["primary", "backup", "never"] };

/** A counter as the form has it; a new one has the first free number and does everything. */
function draftOf(counter, { counters, services }) {
  if (counter) return { number: counter.number, ...typed("name", counter.name), ...typed("where", counter.where), vip: counter.vip, appointment: counter.appointment, ordinary: counter.ordinary, skills: counter.skills };
  const taken = new Set(counters.map(({ number }) => number));
  let number = 1;
  while (taken.has(number)) number += 1;
  const skills = services.filter(({ retired }) => !retired).map(({ code }) => code);
  return { number, ...typed("name"), ...typed("where"), vip: "primary", appointment: "primary", ordinary: "primary", skills };
}

const Row = ({ counter, chosen, onChoose }) => html`<li><button type="button" class="pick" aria-pressed=${chosen} data-counter=${counter.number} onClick=${onChoose}>
  <b class="letter">${counter.number}</b><span class="called"><b>${counter.name ? name(counter.name) : t("Counter {n}", { n: counter.number })}</b>
  <small>${[counter.staff ?? stateName(counter.state), counter.vip === "vip_first" && t("VIPs first"), counter.where && name(counter.where)].filter(Boolean).join(" · ")}</small></span></button></li>`;

const May = ({ of, draft, set, fault }) => html`<div class="field"><label for=${of}>${CLASSES[of]()}</label><select id=${of} value=${draft[of]} aria-invalid=${fault ? "true" : undefined} onChange=${(event) => set({ [of]: event.target.value })}>
  ${CHOICES[of].map((word) => html`<option key=${word} value=${word}>${WORDS[word]()}</option>`)}</select>${fault && html`<p class="fault">${fault}</p>`}</div>`;

const Can = ({ services, chosen, fault, onChoose }) => html`<div class="does" role="group" aria-labelledby="can"><p class="label" id="can">${t("Services it can do")}</p>
  <div class="skills">${services.map(({ code, letter, name: names }) => html`<label key=${code}><input type="checkbox" value=${code} checked=${chosen.includes(code)}
    onChange=${(event) => onChoose(event.target.checked ? [...chosen, code] : chosen.filter((one) => one !== code))} /><span>${letter} · ${name(names)}</span></label>`)}</div>${fault && html`<p class="fault">${fault}</p>`}</div>`;

function Form({ about, services, draft, set, isNew, faults, busy, onSave, onRetire }) {
  const save = (event) => {
    event.preventDefault();
    onSave();
  };
  const own = (part) => faults[`counters.${draft.number}.${part}`];
  return html`<section class="panel" aria-labelledby="form"><h2 id="form">${isNew ? t("A new counter") : t("Counter {n}", { n: draft.number })}</h2><form class="store-form" onSubmit=${save}>
    ${isNew && html`<${Field} id="number" label=${t("Number")} type="number" min="1" max="99" required value=${draft.number} fault=${faults.number} onInput=${(number) => set({ number: Number(number) })} />`}
    <div class="thirds">${Object.keys(CLASSES).map((of) => html`<${May} key=${of} of=${of} draft=${draft} set=${set} fault=${own(of)} />`)}</div>
    <p class="about">${name(about)}</p>
    <${Can} services=${services} chosen=${draft.skills} fault=${own("skills")} onChoose=${(skills) => set({ skills })} />
    <${Pair} of="name" labels=${[t("Name in Chinese, such as VIP室"), t("Name in English")]} longest=${[8, 20]} draft=${draft} set=${set} faults=${faults} />
    <${Pair} of="where" labels=${[t("Where it is, in Chinese"), t("Where it is, in English")]} longest=${[16, 36]} draft=${draft} set=${set} faults=${faults} />
    <p class="about">${t("Phones and lobby displays show where a counter is to whoever is called there.")}</p>
    <div class="acts"><button class="go" disabled=${busy}>${isNew ? t("Add") : t("Save")}</button>
      ${onRetire && html`<button type="button" class="quiet" data-retire disabled=${busy} onClick=${onRetire}>${t("Retire this counter")}</button>`}</div></form></section>`;
}

/** The counters as they would be with the form saved. */
const wouldBe = (counters, draft) => [...counters.filter(({ number }) => number !== draft.number), draft].sort((one, other) => one.number - other.number);

function Page() {
  const { state, said, busy, run, hush } = usePage();
  const [number, choose] = useState(state.counters[0].number);
  const [draft, setDraft] = useState(() => draftOf(state.counters[0], state));
  const [asks, ask] = useState(false);
  const services = state.services.filter(({ retired }) => !retired);

  function open(counter) {
    choose(counter?.number ?? NEW);
    setDraft(draftOf(counter, state));
    hush();
  }
  async function save() {
    const answer = await run(number === NEW ? "counter-add" : "counter-set", draft);
    if (answer) choose(draft.number);
  }
  async function retire() {
    ask(false);
    const answer = await run("counter-retire", { number }, t("Retired. Its number can be given to a new counter."));
    if (!answer) return;
    const [first] = answer.page.counters;
    choose(first.number);
    setDraft(draftOf(first, answer.page));
  }
  return html`${!state.may_change && html`<p class="notice">${t("You can look at everything here. Only an administrator can change it.")}</p>`}
    <${Outcome} said=${said} /><fieldset class="all" disabled=${!state.may_change}><div class="three">
    <section class="panel" aria-labelledby="counters"><h2 id="counters">${t("Counters")}</h2>
      <ol class="offers">${state.counters.map((counter) => html`<${Row} key=${counter.number} counter=${counter} chosen=${counter.number === number} onChoose=${() => open(counter)} />`)}</ol>
      <button type="button" class="quiet add" aria-pressed=${number === NEW} data-add onClick=${() => open(null)}>${t("Add a counter")}</button>
      ${state.retired.length > 0 && html`<p class="about">${t("Retired: {numbers}. Add the number again to bring one back.", { numbers: state.retired.join(", ") })}</p>`}</section>
    <${Form} key=${number} about=${state.about} services=${services} draft=${draft} set=${(part) => setDraft({ ...draft, ...part })} isNew=${number === NEW} faults=${said.faults} busy=${busy} onSave=${save}
      onRetire=${number !== NEW && state.counters.length > 1 ? () => ask(true) : null} />
    <${Reach} counters=${wouldBe(state.counters, draft)} services=${services} classes=${CLASSES} changed=${draft.number} /></div></fieldset>
    ${asks && html`<${Question} title=${t("Retire counter {n}?", { n: number })} go=${t("Retire")} onGo=${retire} onClose=${() => ask(false)}>
      <p>${t("It can no longer be opened. Past days keep what it did.")}</p><${Reach} counters=${state.counters.filter((one) => one.number !== number)} services=${services} classes=${CLASSES} /><//>`}`;
}

render(html`<${Page} />`, document.getElementById("app"));
