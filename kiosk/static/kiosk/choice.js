// Owns the service choice of a customer who was recognised, and the scene that explains what went wrong.
import { html, icon } from "/static/lobby/page.js";
import { message, name, other, otherLang, otherName, t } from "/static/lobby/texts.js";
import { Cards } from "./cards.js";
import { BackBar, Both, Calling, Fit } from "./parts.js";
import { explain } from "./requests.js";

const joined = (parts) => parts.filter(Boolean).join(" · ");

/** A VIP is greeted by title, in gold. */
const Greeting = ({ person, waiting }) => html`<section class="greeting">
  <span class="badge">${icon("diamond")}</span>
  <div><${Fit} class="line" text=${name(person.greeting)}><b>${joined([name(person.greeting) || t("Welcome"), name(person.tier_name)])}</b><//>
    <${Fit} class="line small" text=${otherName(person.greeting)}><span lang=${otherLang()}>${joined([otherName(person.greeting) || other("Welcome"), otherName(person.tier_name)])}</span><//>
    <p class="queue">${t("VIPs waiting: {n}", { n: waiting })} · <span lang=${otherLang()}>${other("VIPs waiting: {n}", { n: waiting })}</span></p></div>
</section>`;

/** Why a card does not count today, and that this is no loss of service. */
const Reason = ({ said }) => html`<section class="reason" role="status">${icon("info")}<div><p>${message(said)}</p><p class="small" lang=${otherLang()}>${other(said.text, said.values)}</p></div></section>`;

export function Choice({ view, person, busy, onPick, onHome, onBack }) {
  const vips = view.queues.find((queue) => queue.class === "vip")?.waiting ?? 0;
  return html`<${BackBar} idle_s=${view.store.idle_s} onHome=${onHome} onBack=${onBack} />
    <main class="choose chosen">
      ${person.vip && html`<${Greeting} person=${person} waiting=${vips} />`}
      ${!person.vip && person.reason && html`<${Reason} said=${person.reason} />`}
      <section class="hero"><h1>${t("Please choose a service")}</h1><p lang=${otherLang()}>${other("Please choose a service")}</p></section>
      <${Cards} queues=${view.queues} busy=${busy} vip=${person.vip} onPick=${onPick} />
    </main>
    <footer><${Calling} calls=${view.calls} most=${3} /></footer>`;
}

/** A refusal or a broken line: what happened, and the way on. */
export function Trouble({ problem, busy, idle_s, onAgain, onHome, onBack }) {
  const said = explain(problem);
  return html`<${BackBar} idle_s=${idle_s} onHome=${onHome} onBack=${onBack} />
    <main class="trouble">
      <section role="alert"><span class="badge">${icon(problem.status === 0 ? "offline" : "info")}</span>
        <h1>${said.text}</h1>${said.small && html`<p class="sub" lang=${otherLang()}>${said.small}</p>`}
        <p class="help two"><${Both} text="Our staff are glad to help you." /></p></section>
    </main>
    <div class="choices">
      ${onAgain && html`<button class="go" data-action="again" disabled=${busy} onClick=${onAgain}><${Both} text="Try again" /></button>`}
      <button class="go ${onAgain ? "second" : ""}" data-action="done" onClick=${onBack}><${Both} text="Back to start" /></button>
    </div>`;
}
