// Owns what a list would change: counts, the lists behind them, the faults, and the button that takes it over.
import { before, endsMany } from "/static/lobby/ending.js";
import { html, icon } from "/static/lobby/page.js";
import { message, name, t } from "/static/lobby/texts.js";
import { Progress } from "./members-chooser.js";

const KINDS = ["added", "changed", "unchanged", "ended", "faults"];

const labels = () => ({ added: t("Added"), changed: t("Changed"), unchanged: t("Unchanged"), ended: t("Ended"), faults: t("Faults") });
const fields = () => ({
  name: t("Name"), phone: t("Phone"), tier: t("Tier"), valid_from: t("Valid from"), valid_until: t("Valid until"), contract_until: t("Contract until"),
  birthday: t("Birthday"), manager_a: t("Manager A"), manager_b: t("Manager B"), language: t("Language"), listed: t("On the list"), churned: t("Left the network"),
});
const VALUES = { zh: "中文", en: "English" };

function Tile({ kind, job, tab, open }) {
  const inner = html`<span>${labels()[kind]}</span><b>${job[kind].toLocaleString()}</b>`;
  if (kind === "unchanged" || !job[kind]) return html`<div class=${`count ${kind}`} data-count=${kind}>${inner}</div>`;
  return html`<button type="button" class=${`count ${kind}`} data-count=${kind} aria-pressed=${tab === kind} onClick=${() => open(kind)}>${inner}</button>`;
}

const Mix = ({ job }) => html`<div class="mix" aria-hidden="true">${KINDS.map((kind) => (job[kind] ? html`<i key=${kind} class=${kind} style=${{ flexGrow: job[kind] }}></i>` : null))}</div>`;

const tierName = (tiers, code) => name(tiers.find((tier) => tier.code === code)?.name) || code;

function shown(tiers, field, value) {
  if (value === null) return "–";
  if (field === "tier") return tierName(tiers, value);
  if (field === "listed" || field === "churned") return value === "True" ? t("yes") : t("no");
  return (field === "language" && VALUES[value]) || value;
}

const Fields = ({ of, tiers }) => html`<ul class="fields">${of.map(([field, old, now]) => html`<li key=${field}><em>${fields()[field] ?? field}</em> ${shown(tiers, field, old)} → <b>${shown(tiers, field, now)}</b></li>`)}</ul>`;

const reason = (row) => (row.reason === "churned" ? t("left the network") : t("no longer on the list"));

function Row({ row, tiers }) {
  return html`<tr><td>${row.key}</td><td>${row.name}</td><td><span class="tag vip">${tierName(tiers, row.tier)}</span></td>
    <td>${row.fields ? html`<${Fields} of=${row.fields} tiers=${tiers} />` : row.kind === "ended" ? reason(row) : row.churned ? t("left the network") : t("new card")}</td></tr>`;
}

const Fault = ({ row }) => html`<tr><td>${row.line}</td><td>${row.heading}</td><td class="value">${row.value || html`<em>${t("(empty)")}</em>`}</td><td>${message(row.reason)}</td></tr>`;

const HEADS = {
  faults: () => [t("Line"), t("Column"), t("Value"), t("Reason")],
  other: () => [t("Member number"), t("Name"), t("Tier"), t("What changes")],
};

function Rows({ tab, rows, job, tiers, more, link }) {
  if (!tab) return null;
  const faults = tab === "faults";
  return html`<div class="rows"><div class="over"><h3>${labels()[tab]}</h3>
    ${faults ? html`<a class="second" data-action="save" href=${link} download="faults.csv">${t("Save the faults as a file (CSV)")}</a>` : null}</div>
    <table class=${tab}><thead><tr>${HEADS[faults ? "faults" : "other"]().map((head) => html`<th key=${head} scope="col">${head}</th>`)}</tr></thead>
    <tbody>${rows.map((row, n) => (faults ? html`<${Fault} key=${n} row=${row} />` : html`<${Row} key=${row.key} row=${row} tiers=${tiers} />`))}</tbody></table>
    ${rows.length < job[tab] ? html`<button type="button" class="second" data-action="more" onClick=${more}>${t("Show more ({n} of {all})", { n: rows.length, all: job[tab].toLocaleString() })}</button>` : null}</div>`;
}

/** A list that ends many cards may be only a part of the carrier's list. */
function Warning({ job }) {
  if (job.state !== "ready" || !endsMany(job)) return null;
  return html`<div class="answer warn" data-warning>${icon("warning")}<p>${t("{n} of {all} members would become ordinary customers. Is this the whole list?", { n: job.ended.toLocaleString(), all: before(job).toLocaleString() })}</p></div>`;
}

function Go({ job, take, again }) {
  if (job.state === "applying") return html`<${Progress} label=${t("Taking the list over; calls and tickets go on")} done=${job.done} total=${job.total} detail=${t("{n} of {all} changes", { n: job.done.toLocaleString(), all: job.total.toLocaleString() })} />`;
  const changes = job.added + job.changed + job.ended;
  return html`<div class="go">
    ${job.state === "ready" && changes ? html`<button type="button" data-action="take" onClick=${take}>${job.faults ? t("Take over the right lines ({n})", { n: job.right.toLocaleString() }) : t("Take over this list")}</button>` : null}
    <button type="button" class="second" data-action="again" onClick=${again}>${job.state === "done" ? t("Take over another list") : t("Choose another file")}</button></div>`;
}

function Said({ job }) {
  if (job.state === "done") return html`<div class="answer ok" role="status">${icon("check")}<p><b>${t("The list has been taken over.")}</b>${job.faults ? t("Lines with a fault were left out ({n}); those members stay as they were.", { n: job.faults }) : t("Tickets, quotas and history stay as they were.")}</p></div>`;
  if (job.faults) return html`<p class="quiet">${t("Lines with a fault are left out; those members stay as they are. Or mend the list and choose it again.")}</p>`;
  if (!job.added && !job.changed && !job.ended) return html`<div class="answer ok" role="status">${icon("check")}<p>${t("Everything in this list is known already. There is nothing to take over.")}</p></div>`;
  return null;
}

export function Outcome({ job, tab, rows, file, tiers, link, open, more, take, again }) {
  const title = job.state === "done" ? t("What has changed") : t("What would change");
  return html`<section class="panel" aria-label=${title} data-outcome=${job.state}><h2>${title}${file ? html`<small>${file}</small>` : null}</h2>
    <${Mix} job=${job} /><div class="counts">${KINDS.map((kind) => html`<${Tile} key=${kind} kind=${kind} job=${job} tab=${tab} open=${open} />`)}</div>
    <${Said} job=${job} /><${Warning} job=${job} /><${Go} job=${job} take=${take} again=${again} />
    <${Rows} ...${{ tab, rows, job, tiers, more, link }} /></section>`;
}
