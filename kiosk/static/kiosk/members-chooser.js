// Owns the start of an import: choosing or dropping a file, and how far its upload and reading are.
import { html, icon, useState } from "/static/lobby/page.js";
import { t } from "/static/lobby/texts.js";

const NEEDED = ["会员编号 member_no", "姓名 name", "手机号码 phone", "客户等级 tier", "生效日期 valid_from", "失效日期 valid_until"];
const POSSIBLE = ["合约到期 contract_until", "生日 birthday", "客户经理A manager_a", "客户经理B manager_b", "语言 language", "状态 status"];

const Chips = ({ of }) => html`<span class="chips">${of.map((words) => html`<span key=${words}>${words}</span>`)}</span>`;

const Help = () => html`<dl class="help">
  <dt>${t("Needed columns")}</dt><dd><${Chips} of=${NEEDED} /></dd>
  <dt>${t("Possible columns")}</dt><dd><${Chips} of=${POSSIBLE} /></dd>
</dl>`;

function Drop({ choose }) {
  const [over, setOver] = useState(false);
  const take = (files) => files[0] && choose(files[0]);
  return html`<label class=${over ? "drop over" : "drop"}
    onDragOver=${(event) => (event.preventDefault(), setOver(true))} onDragLeave=${() => setOver(false)}
    onDrop=${(event) => (event.preventDefault(), setOver(false), take(event.dataTransfer.files))}>
    <input class="sr" type="file" accept=".csv,.txt,.tsv,.xlsx,.xls" onChange=${(event) => take(event.target.files)} />
    <span class="sheet">${icon("note")}</span><b>${t("Choose the carrier's list, or drop it here")}</b>
    <span>${t("CSV or Excel (.xlsx, .xls), as the office sends it. Nothing changes before you have seen what would.")}</span></label>`;
}

/** A bar with what it measures; without a total it only says that something happens. */
export function Progress({ label, done, total, detail }) {
  const known = total > 0 ? { max: total, value: done } : {};
  return html`<div class="progress" data-progress><p role="status">${label}</p><progress aria-label=${label} ...${known}></progress><p class="quiet">${detail}</p></div>`;
}

function Busy({ file, upload, job }) {
  if (!job) return html`<${Progress} label=${t("Sending {file}", { file })} done=${Math.round(upload * 100)} total=${100} detail=${`${Math.round(upload * 100)} %`} />`;
  const lines = { n: job.done.toLocaleString(), all: job.total.toLocaleString() };
  return html`<${Progress} label=${t("Reading the list")} done=${job.done} total=${job.total} detail=${job.total ? t("{n} of {all} lines", lines) : t("Comparing with the members of today")} />`;
}

export function Chooser({ file, upload, job, choose, stop }) {
  const busy = upload !== null || job;
  return html`<section class="panel" aria-label=${t("Take over a list")}><h2>${t("Take over a list")}</h2>
    ${busy ? html`<${Busy} file=${file} upload=${upload} job=${job} />${job ? html`<div class="go"><button type="button" class="second" data-action="stop" onClick=${stop}>${t("Stop")}</button></div>` : null}` : html`<${Drop} choose=${choose} /><${Help} />`}</section>`;
}
