// Owns the members' page: a manager chooses the carrier's list, sees what it would change, and takes it over.
import { html, icon, render } from "/static/lobby/page.js";
import { keepLang, lang, name, t } from "/static/lobby/texts.js";
import { Chooser } from "./members-chooser.js";
import { Outcome } from "./members-outcome.js";
import { begin, discard, faultsLink, look, page, summary, takeOver } from "./members-requests.js";

const LOOK_MS = 300;
const root = document.getElementById("app");
const start = { upload: null, job: null, tab: null, rows: [], problem: null };
const view = { ...start, summary: null };

function show(change) {
  Object.assign(view, change);
  draw();
}

/** What went wrong, in words; a session that has ended leads to the sign-in page. */
function fail(problem) {
  if (problem.status === 401) location.assign("/counter/sign-in?next=/members");
  show({ ...start, problem: () => (problem.text ? t(problem.text, problem.values) : t("No connection to the server.")) });
}

async function choose(file) {
  show({ ...start, upload: 0, name: file.name });
  try {
    await follow(await begin(file, (share) => show({ upload: share })));
  } catch (problem) {
    fail(problem);
  }
}

/** Look how far it is until there is something to do, or until it is stopped. */
async function follow(job) {
  const stopped = () => view.job?.id !== job.id;
  show({ job, upload: null });
  while (["reading", "applying"].includes(view.job.state)) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    if (stopped()) return;
    const seen = await look(job.id).catch((problem) => (stopped() ? null : Promise.reject(problem)));
    if (stopped()) return;
    show({ job: seen });
  }
  if (view.job.state === "failed") {
    fail(view.job.error);
    return;
  }
  if (view.job.state === "done") show({ summary: await summary() });
  const tab = ["faults", "ended", "changed", "added"].find((kind) => view.job[kind]);
  if (tab && !view.tab) await open(tab);
}

async function open(tab) {
  show({ tab, rows: await page(view.job.id, tab, 0) });
}

async function more() {
  show({ rows: [...view.rows, ...(await page(view.job.id, view.tab, view.rows.length))] });
}

async function take() {
  try {
    await follow(await takeOver(view.job.id));
  } catch (problem) {
    fail(problem);
  }
}

async function again() {
  const { job } = view;
  show({ ...start });
  if (job) await discard(job.id).catch(() => {}); // it may be gone already, which is what is wanted
}

const guarded = (action) => (...given) => action(...given).catch(fail);

function switchTo(code) {
  keepLang(code);
  draw();
}

const LangPart = () => html`<div class="seg" role="group" aria-label=${t("Language")}>
  <button type="button" lang="zh-CN" aria-pressed=${lang() === "zh"} onClick=${() => switchTo("zh")}>中文</button>
  <button type="button" lang="en" aria-pressed=${lang() === "en"} onClick=${() => switchTo("en")}>English</button>
</div>`;

const Header = () => html`<header><img src="/static/lobby/icon.svg" alt="" width="56" height="56" />
  <div><h1>${t("Members")}</h1><p>${name(view.summary.store.name)}</p></div>
  <nav><a href="/floor">${t("Floor")}</a><a href="/settings">${t("Settings")}</a><a href="/">${t("All screens")}</a></nav><${LangPart} /></header>`;

const Tier = ({ tier }) => html`<li class="tile"><span class="gem">${icon("diamond")}</span><span>${name(tier.name)}</span><b>${tier.members.toLocaleString()}</b></li>`;

/** Who else than the staff takes lists over. */
const BY = { command: () => t("the command line"), "head office": () => t("the head office") };

function Last({ last }) {
  if (!last) return null;
  const counts = Object.fromEntries(["added", "changed", "unchanged", "ended", "faults"].map((kind) => [kind, last[kind].toLocaleString()]));
  const by = BY[last.by]?.() ?? last.by;
  return html`<p class="quiet">${t("Last list: {day} at {time}, by {by}.", { day: last.at.slice(0, 10), time: last.at.slice(11, 16), by })}
    ${lang() === "en" ? " " : ""}${t("{added} added, {changed} changed, {unchanged} unchanged, {ended} ended, {faults} faults", counts)}</p>`;
}

/** Cards that are known, but do not count today. */
function Others({ tiers, known }) {
  const n = known - tiers.reduce((sum, tier) => sum + tier.members, 0);
  return n ? html`<p class="quiet">${t("{n} more are known whose cards do not count today: ended, void or not yet valid.", { n: n.toLocaleString() })}</p>` : null;
}

const Now = ({ tiers, known, last }) => html`<section class="panel" aria-label=${t("Valid cards today")}><h2>${t("Valid cards today")}</h2>
  ${known
    ? html`<ul class="tiles">${tiers.map((tier) => html`<${Tier} key=${tier.code} tier=${tier} />`)}</ul>`
    : html`<div class="blank"><span>${icon("people")}</span><p><b>${t("No members yet")}</b>${t("Choose the carrier's list below. Until then every customer is an ordinary one.")}</p></div>`}
  <${Others} tiers=${tiers} known=${known} /><${Last} last=${last} /></section>`;

const Problem = () => html`<div class="answer bad" role="alert">${icon("warning")}<p><b>${t("This list was not taken over.")}</b>${view.problem()}</p></div>`;

function Work() {
  const { job, upload, tab, rows } = view;
  if (!job || !["ready", "applying", "done"].includes(job.state))
    return html`${view.problem ? html`<${Problem} />` : null}<${Chooser} file=${view.name} upload=${upload} job=${job} choose=${choose} stop=${guarded(again)} />`;
  return html`<${Outcome} ...${{ job, tab, rows, file: view.name, tiers: view.summary.tiers, link: faultsLink(job.id) }}
    open=${guarded(open)} more=${guarded(more)} take=${take} again=${guarded(again)} />`;
}

function draw() {
  document.title = t("Members");
  render(view.summary ? html`<main class="desk members"><${Header} /><${Now} ...${view.summary} /><${Work} /></main>` : html`<main class="desk"><h1>${t("Connecting…")}</h1>${view.problem ? html`<${Problem} />` : null}</main>`, root);
}

draw();
try {
  show({ summary: await summary() });
  if (view.summary.current) await follow(view.summary.current);
} catch (problem) {
  fail(problem);
}
