// Owns what the floor page says of VIP service: account managers on duty and business for absent customers.
import { DutyButton, Proxies } from "/static/lobby/duty.js";
import { html, icon, timeOf } from "/static/lobby/page.js";
import { t } from "/static/lobby/texts.js";

function about({ pages, since }) {
  if (pages) return t("{n} arrivals to answer", { n: pages });
  return since ? t("since {time}", { time: timeOf(since) }) : t("VIPs go to the partner or the floor");
}

const Manager = ({ manager, own }) => html`<li data-manager=${manager.code}>
  <b>${manager.code}</b><span>${manager.name}<small>${about(manager)}</small></span>
  <${DutyButton} own=${own} code=${manager.code} on=${manager.on_duty} label=${t("Account manager {code}, {name}", manager)} />
</li>`;

const Managers = ({ managers, own }) => html`<section class="p" aria-labelledby="managers">
  <h2 id="managers">${t("Account managers")} <span>${t("{on} of {all} on duty", { on: managers.filter(({ on_duty }) => on_duty).length, all: managers.length })}</span></h2>
  ${managers.length ? html`<ul class="managers">${managers.map((manager) => html`<${Manager} key=${manager.code} manager=${manager} own=${own} />`)}</ul>` : html`<p class="calm">${icon("people")}<span><b>${t("No account manager yet")}</b>${t("An administrator links staff to the codes of the member list.")}</span></p>`}
</section>`;

const Absent = ({ proxies, own }) => html`<section class="p" aria-labelledby="absent">
  <h2 id="absent">${t("Proxy handling")} <span>${t("done within 3 hours, told within 30 minutes after")}</span></h2>
  ${proxies.length ? html`<${Proxies} own=${own} proxies=${proxies} />` : html`<p class="calm">${icon("check")}<span><b>${t("Nothing to do for absent customers")}</b>${t("Staff issue such numbers on the counter page.")}</span></p>`}
</section>`;

/** A store with neither has no use for the panels. */
const isUsed = (data) => data && data.managers.length + data.proxies.length > 0;

export const VipService = ({ own }) => (isUsed(own.data) ? html`<div class="g vips"><${Absent} proxies=${own.data.proxies} own=${own} /><${Managers} managers=${own.data.managers} own=${own} /></div>` : null);
