// Owns the service level of today on the floor page: called in time, by class and tier, and who gave up.
import { html, icon } from "/static/lobby/page.js";
import { name, t } from "/static/lobby/texts.js";

const CLASSES = { vip: () => t("VIP"), appointment: () => t("Appointment"), ordinary: () => t("Ordinary") };
const GOOD = 90;

function Level({ level }) {
  const all = level.kept + level.missed;
  const share = all ? Math.floor((100 * level.kept) / all) : null;
  const tone = share === null ? "" : share >= GOOD ? "ok" : "bad";
  const label = `${CLASSES[level.class]()}${level.tier_name ? ` · ${name(level.tier_name)}` : ""}`;
  return html`<li class=${`${tone} ${level.class}`} data-level=${`${level.class}${level.tier_name ? `-${level.tier_name.en}` : ""}`}><span>${label}</span>
    <strong>${share === null ? "–" : `${share} %`}</strong><span class="tr" aria-hidden="true"><i style=${{ width: `${share ?? 0}%` }}></i></span>
    <small>${all ? t("Kept {kept} · missed {missed}", level) : t("nobody called yet")}</small></li>`;
}

const Nobody = () => html`<p class="calm">${icon("info")}<span><b>${t("Nobody has come yet today")}</b>${t("The share of customers called in time will stand here.")}</span></p>`;

export function Levels({ levels, gaveUp, issued }) {
  const share = issued ? Math.round((100 * gaveUp) / issued) : 0;
  return html`<section class="p" aria-labelledby="levels"><h2 id="levels">${t("Called in time today")} <span>${t("gave up: {n} of {all} ({share} %)", { n: gaveUp, all: issued, share })}</span></h2>
    ${levels.length ? html`<ul class="levels">${levels.map((level) => html`<${Level} key=${`${level.class}-${name(level.tier_name)}`} level=${level} />`)}</ul>` : html`<${Nobody} />`}</section>`;
}
