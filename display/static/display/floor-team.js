// Owns the staff on the floor page: who is at which counter or free, and asking somebody to come.
import { html, icon, stateName, timeOf } from "/static/lobby/page.js";
import { t } from "/static/lobby/texts.js";

const where = ({ counter, state }) => (counter ? `${t("Counter {number}", { number: counter })} · ${stateName(state)}` : t("signed in, at no counter"));

function Paged({ page }) {
  return html`<em class=${page.coming ? "coming" : ""}>${page.coming ? t("is coming") : t("asked at {time}", { time: timeOf(page.at) })}</em>`;
}

const Person = ({ person, own }) => html`<li data-person=${person.name}>
  <span class=${`dot ${person.counter ? person.state : "free"}`} aria-hidden="true"></span><p><b>${person.name}</b><small>${where(person)}</small></p>
  ${person.page ? html`<${Paged} page=${person.page} />` : null}
  <button type="button" aria-label=${t("Ask {name} to come", { name: person.name })} aria-busy=${own.busy === `page-${person.id}`} onClick=${() => own.act({ kind: "page", staff: person.id }, `page-${person.id}`)}>${t("Ask to come")}</button></li>`;

const Nobody = () => html`<p class="calm">${icon("people")}<span><b>${t("Nobody of the counter staff is signed in")}</b>${t("They sign in on the counter page.")}</span></p>`;

export const Team = ({ team, own }) => html`<section class="p" aria-labelledby="team"><h2 id="team">${t("Staff")} <span>${t("{free} free, {busy} at counters", { free: team.filter(({ counter }) => !counter).length, busy: team.filter(({ counter }) => counter).length })}</span></h2>
  ${team.length ? html`<ul class="team">${team.map((person) => html`<${Person} key=${person.id} person=${person} own=${own} />`)}</ul>` : html`<${Nobody} />`}</section>`;
