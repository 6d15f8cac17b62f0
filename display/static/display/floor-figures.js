// Owns the figures at the top of the floor page.
import { html, running } from "/static/lobby/page.js";
import { name, t } from "/static/lobby/texts.js";

const TOO_LONG_S = 30 * 60;

const Tile = ({ id, label, value, unit, below, tone = "" }) => html`<div class=${`k ${tone}`} data-figure=${id}>
  <span>${label}</span><b>${value}${unit ? html`<small>${unit}</small>` : null}</b><em>${below}</em>
</div>`;

function longestTile(longest, now) {
  if (!longest) return { value: "–", below: t("Nobody is waiting") };
  const seconds = (now - Date.parse(longest.waiting_since)) / 1000;
  return { value: running(seconds), below: `${longest.number} · ${name(longest.service_name)}`, tone: seconds > TOO_LONG_S ? "bad" : "" };
}

function promiseTile({ kept, missed }) {
  if (kept + missed === 0) return { value: "–", below: t("No VIP called yet today") };
  return { value: Math.floor((100 * kept) / (kept + missed)), unit: "%", below: t("Kept {kept} · missed {missed}", { kept, missed }) };
}

const left = ({ no_show, cancelled }) => t("No-show {no_show} · left {cancelled}", { no_show, cancelled });

export const Figures = ({ waiting, today, now }) => html`<section class="kpi" aria-label=${t("Figures")}>
  <${Tile} id="waiting" label=${t("Waiting now")} value=${waiting.people} unit=${t(waiting.people === 1 ? "person" : "people")} below=${t("Issued today {n}", { n: today.issued })} />
  <${Tile} id="longest" label=${t("Longest wait")} ...${longestTile(waiting.longest, now)} />
  <${Tile} id="served" label=${t("Served today")} value=${today.served} unit=${t(today.served === 1 ? "customer" : "customers")} below=${left(today)} />
  <${Tile} id="mean" label=${t("Mean wait today")} value=${today.mean_wait_s === null ? "–" : running(today.mean_wait_s)} below=${today.mean_wait_s === null ? t("Nobody called yet today") : t("from arrival to call")} />
  <${Tile} id="vip" label=${t("VIPs within target")} ...${promiseTile(today.vip)} />
</section>`;
