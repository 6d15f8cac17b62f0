// Owns the page of services: their order on the kiosk, one of them to change or to add, and the kiosk as it will be.
import { html, icon, render, useState } from "/static/lobby/page.js";
import { name, t } from "/static/lobby/texts.js";
import { Form, draftOf, sent } from "./services-form.js";
import { KioskPreview } from "./kiosk-preview.js";
import { Outcome, Question, Sign, usePage } from "./parts.js";

const NEW = "";

function Facts({ service }) {
  const facts = [
    service.group && name(service.group),
    service.daily_cap !== null && t("{n} a day", { n: service.daily_cap }),
    !service.shown && t("not on kiosks"),
    service.waiting > 0 && t("{n} waiting", { n: service.waiting }),
  ].filter(Boolean);
  return facts.length > 0 && html`<small>${facts.join(" · ")}</small>`;
}

const Row = ({ service, at, last, chosen, busy, onChoose, onMove }) => html`<li class="offer ${chosen ? "chosen" : ""}">
  <span class="moves">
    <button type="button" disabled=${busy || at === 0} aria-label=${t("Move {name} up", { name: name(service.name) })} data-up onClick=${() => onMove(-1)}>${icon("up")}</button>
    <button type="button" disabled=${busy || last} aria-label=${t("Move {name} down", { name: name(service.name) })} data-down onClick=${() => onMove(1)}>${icon("down")}</button></span>
  <button type="button" class="pick" aria-pressed=${chosen} data-service=${service.code} onClick=${onChoose}><${Sign} name=${service.icon} /><b class="letter">${service.letter}</b>
    <span class="called"><b>${name(service.name)}</b><${Facts} service=${service} /></span></button></li>`;

const Retired = ({ services, busy, onBack }) => services.length > 0 && html`<section class="panel"><h2>${t("Retired services")}</h2>
  <p>${t("They give no more numbers. Whoever waits for one is served, and past days keep their names.")}</p>
  <ul class="retired">${services.map((service) => html`<li key=${service.code}><b class="letter">${service.letter}</b><span class="called"><b>${name(service.name)}</b><${Facts} service=${service} /></span>
    <button type="button" class="quiet" disabled=${busy} data-back=${service.code} onClick=${() => onBack(service)}>${t("Offer again")}</button></li>`)}</ul></section>`;

function Page() {
  const { state, said, busy, run, hush } = usePage();
  const offered = state.services.filter((service) => !service.retired);
  const [code, choose] = useState(offered[0].code);
  const [draft, setDraft] = useState(() => draftOf(offered[0], state));
  const [asks, ask] = useState(null); // retiring: {service, problem?}
  const shown = offered.find((service) => service.code === code) ?? null;

  function open(next) {
    choose(next?.code ?? NEW);
    setDraft(draftOf(next, state));
    hush();
  }
  async function save() {
    const answer = await run(code === NEW ? "service-add" : "service-set", sent(draft, code));
    if (!answer) return;
    const kept = answer.page.services.find((service) => service.code === (answer.code ?? code));
    choose(kept.code);
    setDraft(draftOf(kept, answer.page));
  }
  function move(at, by) {
    const codes = offered.map((service) => service.code);
    codes.splice(at + by, 0, ...codes.splice(at, 1));
    run("services-order", { codes }, t("The order is saved."));
  }
  async function retire(accept_bookings) {
    const answer = await run("service-retire", { code, accept_bookings }, t("Retired. It gives no more numbers."));
    if (answer) {
      const [first] = answer.page.services.filter((service) => !service.retired);
      choose(first.code);
      setDraft(draftOf(first, answer.page));
    }
    ask(null);
  }
  const booked = said.problem?.code === "bookings_of_service";
  return html`<${Outcome} said=${booked ? { tone: "", text: "", faults: {} } : said} />
    <div class="three">
      <section class="panel" aria-labelledby="order"><h2 id="order">${t("On the kiosk, in this order")}</h2>
        <ol class="offers">${offered.map((service, at) => html`<${Row} key=${service.code} service=${service} at=${at} last=${at === offered.length - 1} chosen=${service.code === code}
          busy=${busy} onChoose=${() => open(service)} onMove=${(by) => move(at, by)} />`)}</ol>
        <button type="button" class="quiet add" aria-pressed=${code === NEW} data-add onClick=${() => open(null)}>${t("Add another service")}</button></section>
      <${Form} key=${code} state=${state} draft=${draft} set=${(part) => setDraft({ ...draft, ...part })} isNew=${code === NEW} faults=${said.faults} busy=${busy} onSave=${save}
        onRetire=${shown && offered.length > 1 ? () => ask(shown) : null} />
      <${KioskPreview} services=${offered} draft=${draft} code=${code} />
    </div>
    <${Retired} services=${state.services.filter((service) => service.retired)} busy=${busy} onBack=${(service) => run("service-bring-back", { code: service.code }, t("Offered again."))} />
    ${asks && html`<${Question} key="retire" title=${t("Retire {name}?", { name: name(asks.name) })} go=${t("Retire")} onGo=${() => retire(false)} onClose=${() => ask(null)}>
      <p>${t("Kiosks show it no more, and it gives no more numbers. {n} waiting for it are still served.", { n: asks.waiting })}</p><//>`}
    ${booked && html`<${Question} key="booked" title=${t("Visits are booked")} go=${t("Retire anyway")} onGo=${() => retire(true)} onClose=${hush}><p>${said.text}</p><//>`}`;
}

render(html`<${Page} />`, document.getElementById("app"));
