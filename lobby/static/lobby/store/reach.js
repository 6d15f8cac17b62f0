// Owns what a change of counters would do to whom: for every service and kind of customer, the counters that serve it.
import { html, icon } from "/static/lobby/page.js";
import { name, t } from "/static/lobby/texts.js";

const serves = (of, code) => (counter) => counter[of] !== "never" && counter.skills.includes(code);

function Cell({ of, code, counters, changed, words }) {
  const there = counters.filter(serves(of, code));
  return html`<td data-reach="${code} ${of}" class=${there.length ? "" : "nobody"} aria-label=${there.length ? undefined : `${words}: ${t("nobody")}`}>${there.length
    ? there.map(({ number, [of]: may }) => html`<span key=${number} class="${may} ${number === changed ? "changed" : ""}">${number}</span>`) : html`${icon("warning")} ${t("nobody")}`}</td>`;
}

/** `changed`: the number of the counter in the form. */
export const Reach = ({ counters, services, classes, changed }) => html`<section class="panel reach" aria-labelledby="reach"><h2 id="reach">${t("Who would be served where")}</h2>
  <table><thead><tr><th scope="col">${t("Service")}</th>${Object.entries(classes).map(([of, words]) => html`<th key=${of} scope="col">${words()}</th>`)}</tr></thead>
    <tbody>${services.map(({ code, letter, name: names }) => html`<tr key=${code}><th scope="row">${letter} · ${name(names)}</th>
      ${Object.entries(classes).map(([of, words]) => html`<${Cell} key=${of} of=${of} code=${code} counters=${counters} changed=${changed} words=${words()} />`)}</tr>`)}</tbody></table>
  <p class="about">${t("Numbers of counters, closed ones too; pale ones are backups.")}</p></section>`;
