// Owns what the floor page says of the forecast: how well the waits that were told today came true.
import { html, icon } from "/static/lobby/page.js";
import { t } from "/static/lobby/texts.js";

const CLASSES = { vip: "VIP", appointment: "Appointment", ordinary: "Ordinary" };

const bias = (seconds) => t(seconds > 0 ? "told {n} min too long" : "told {n} min too short", { n: (Math.abs(seconds) / 60).toFixed(1) });

const Row = ({ row }) => html`<tr data-forecast=${row.class}>
  <th scope="row">${t(CLASSES[row.class])}</th><td>${row.quotes}</td><td>${(row.mae_s / 60).toFixed(1)}</td>
  <td>${Math.abs(row.bias_s) < 30 ? t("none") : bias(row.bias_s)}</td><td>${Math.round(row.coverage_percent)} %</td>
</tr>`;

const Table = ({ rows }) => html`<table class="acc">
  <thead><tr><th scope="col">${t("Class")}</th><th scope="col">${t("Called")}</th><th scope="col">${t("Mean error, min")}</th><th scope="col">${t("Lean")}</th><th scope="col">${t("Inside the range")}</th></tr></thead>
  <tbody>${rows.map((row) => html`<${Row} key=${row.class} row=${row} />`)}</tbody>
</table>`;

const Nothing = () => html`<p class="calm">${icon("info")}<span><b>${t("No wait has been told yet")}</b>${t("About thirty services have to be measured first; then every quote is compared with the real wait.")}</span></p>`;

export const Forecast = ({ rows }) => html`<section class="p full" aria-labelledby="forecast">
  <h2 id="forecast">${t("Waits told today")} <span>${t("aim: four of five inside the range")}</span></h2>
  ${rows.length ? html`<${Table} rows=${rows} />` : html`<${Nothing} />`}
</section>`;
