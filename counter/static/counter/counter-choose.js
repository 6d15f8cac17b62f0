// Owns choosing a counter after sign-in.
import { html, icon, stateName } from "/static/lobby/page.js";
import { Arrivals, OwnDuty } from "/static/lobby/duty.js";
import { t } from "/static/lobby/texts.js";
import { LangButton, SignOut, Trouble } from "./counter-frame.js";

/** A counter with somebody else at it cannot be taken over from here. */
const takenBy = (counter, staff) => (counter.staff && counter.staff !== staff ? counter.staff : null);

function Card({ counter, staff, busy, choose }) {
  const other = takenBy(counter, staff);
  const about = other ? t("In use by {name}", { name: other }) : counter.staff ? t("You are here") : t("Free to take");
  return html`<li><button type="button" class=${counter.staff === staff ? "mine" : ""} disabled=${Boolean(other)} aria-busy=${busy === counter.number}
    title=${other ? about : null} data-choose=${counter.number} onClick=${() => choose(counter.number)}>
    <b>${counter.number}</b><span class="word">${t("Counter {number}", { number: counter.number })}</span>
    <span class="about">${about}</span><span class="state-word">${stateName(counter.state)}</span>
  </button></li>`;
}

const Empty = () => html`<p class="none">${icon("info")} ${t("This store has no counters yet.")}</p>`;

export function Choose({ counters, staff, busy, trouble, choose, toggleLang, dismiss, own, arrivals }) {
  return html`<div class="choose">
    <header><span class="logo">${icon("mark")}</span><b>${staff}</b><span class="sp"></span><${OwnDuty} own=${own} /><${LangButton} toggleLang=${toggleLang} /><${SignOut} /></header>
    <main>
      <${Arrivals} own=${own} pages=${arrivals()} />
      <h1>${t("Which counter are you at?")}</h1>
      <p class="lead">${t("The counter opens as soon as you choose it.")}</p>
      ${counters.length ? html`<ul class="cards">${counters.map((counter) => html`<${Card} key=${counter.number} ...${{ counter, staff, busy, choose }} />`)}</ul>` : html`<${Empty} />`}
    </main>
    <${Trouble} trouble=${trouble} dismiss=${dismiss} />
  </div>`;
}
