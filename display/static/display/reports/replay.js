// Owns the replay page: a past day under another rule or with other counters, beside what really happened.
import { get } from "/static/lobby/api.js";
import { html, icon, useEffect, useState } from "/static/lobby/page.js";
import { t } from "/static/lobby/texts.js";
import { Busy, Empty, Trouble } from "./parts.js";
import { Failed, Progress, useStudy } from "./study.js";

const PATH = "/api/v1/reports/replay";
const RULES = { promise: "Keep the promise", fifo: "First come, first served", strict: "VIPs always first", ratio: "By turns" };
const CAUTIONS = {
  thin: "Few customers came on this day: chance decides more than the rule.",
  far: "Played unchanged, the day already differs much from what was recorded. Compare the last two columns only.",
  left: "Many customers left. Whoever left counts as just as patient again, and as a service of average length if called in time.",
  unserved: "Some customers could not be served by the chosen counters at all.",
};
const tenths = (value) => Math.round(value * 10) / 10;
const minutes = (value) => `${tenths(value)} ${t("min")}`;
const share = (value) => `${tenths(value)} %`;
const plain = (value) => `${tenths(value)}`;
/** `better`: 1 where more is better, −1 where less is. */
const LINES = [
  { key: "customers", title: "Customers", show: plain },
  { key: "vip_within_10_min_percent", title: "VIPs in 10 min", show: share, better: 1 },
  { key: "appointments_on_time_percent", title: "Appointments kept", show: share, better: 1 },
  { key: "vip_mean_min", title: "VIPs' mean wait", show: minutes, better: -1 },
  { key: "vip_max_min", title: "VIPs' longest wait", show: minutes, better: -1 },
  { key: "ordinary_mean_min", title: "Ordinary customers' mean wait", show: minutes, better: -1 },
  { key: "ordinary_p95_min", title: "Ordinary customers, 95 % within", show: minutes, better: -1 },
  { key: "ordinary_max_min", title: "Ordinary customers' longest wait", show: minutes, better: -1 },
  { key: "overtakes_per_ordinary", title: "Overtakes per ordinary customer", show: plain, better: -1 },
  { key: "abandoned_percent", title: "Gave up", show: share, better: -1 },
  { key: "utilisation_percent", title: "Utilisation", show: share },
];

const known = (value, show) => (value === null || value === undefined ? "–" : show(value));

function Change({ line, same, changed }) {
  if (same === null || changed === null || !line.better) return html`<td>–</td>`;
  const by = tenths(changed - same);
  if (by === 0) return html`<td>${t("no change")}</td>`;
  const is_better = by * line.better > 0;
  return html`<td class=${is_better ? "better" : "worse"}><b>${by > 0 ? "+" : "−"}${Math.abs(by)}</b> ${is_better ? t("better") : t("worse")}</td>`;
}

const Result = ({ found, rule }) => html`<section class="p" id="result"><h2>${t("What would have happened")}</h2>
  ${found.cautions.map((caution) => html`<p key=${caution} class="notice warn">${icon("warning")} ${t(CAUTIONS[caution])}</p>`)}
  <table>
    <thead><tr><th scope="col">${t("Figure")}</th><th scope="col">${t("Recorded")}</th><th scope="col">${t("Played unchanged")}</th><th scope="col">${t("Played with the change")}</th><th scope="col">${t("Difference by the change")}</th></tr></thead>
    <tbody>
      <tr><th scope="row">${t("Calling rule")}</th><td>${t(RULES[found.columns.recorded.rule])}</td><td>${t(RULES[found.columns.same.rule])}</td><td>${t(RULES[rule])}</td><td></td></tr>
      <tr><th scope="row">${t("Counters")}</th><td>${found.counters.same.join(" · ")}</td><td>${found.counters.same.join(" · ")}</td><td>${found.counters.changed.join(" · ")}</td><td></td></tr>
      ${LINES.map((line) => {
        const [recorded, same, changed] = ["recorded", "same", "changed"].map((column) => found.columns[column][line.key] ?? null);
        return html`<tr key=${line.key} data-line=${line.key}><th scope="row">${t(line.title)}</th><td>${known(recorded, line.show)}</td><td>${known(same, line.show)}</td><td><b>${known(changed, line.show)}</b></td><${Change} line=${line} same=${same} changed=${changed} /></tr>`;
      })}
    </tbody></table>
  <p class="lead">${t("The same customers come at the same times for services of the same length. Nobody is put on hold or transferred, and nobody fails to come when called.")}</p>
</section>`;

function Choice({ choices, wish, change }) {
  const has_numbers = wish.counters !== null;
  const toggle = (n) => change({ counters: wish.counters.includes(n) ? wish.counters.filter((one) => one !== n) : [...wish.counters, n].sort((a, b) => a - b) });
  return html`<fieldset><legend>${t("Calling rule")}</legend><div class="seg wrap">${choices.rules.map(
      (rule) => html`<button type="button" key=${rule} data-rule=${rule} aria-pressed=${wish.rule === rule} onClick=${() => change({ rule })}>${t(RULES[rule])}</button>`,
    )}</div></fieldset>
    <fieldset><legend>${t("Counters")}</legend><div class="seg wrap">
      <button type="button" aria-pressed=${!has_numbers} onClick=${() => change({ counters: null })}>${t("As they were there")}</button>
      <button type="button" id="chosen" aria-pressed=${has_numbers} onClick=${() => change({ counters: choices.counters })}>${t("These, all day")}</button></div>
      ${has_numbers ? html`<div class="numbers">${choices.counters.map((n) => html`<button type="button" key=${n} data-counter=${n} aria-label=${t("Counter {n}", { n })} aria-pressed=${wish.counters.includes(n)} onClick=${() => toggle(n)}>${n}</button>`)}</div>` : null}</fieldset>`;
}

const queryOf = (wish) => new URLSearchParams(Object.entries({ ...wish, counters: wish.counters?.join(",") }).filter(([, value]) => value)).toString();

export function Replay() {
  const [choices, setChoices] = useState(null);
  const [problem, fail] = useState(null);
  const [wish, setWish] = useState(null);
  const [asked, ask] = useState(null);
  useEffect(() => {
    get(`${PATH}/choices`).then((found) => {
      setChoices(found);
      setWish({ day: found.latest, rule: found.rule, counters: null });
    }, fail);
  }, []);
  const query = asked && queryOf(asked);
  const study = useStudy(asked ? PATH : null, query, asked);
  const { data } = study;
  const is_wanted = data && !data.found && !data.running && !data.failed && !study.problem;
  useEffect(() => {
    if (is_wanted) study.start();
  }, [is_wanted, query]);
  if (!choices) return html`<${Trouble} problem=${problem} />${problem ? null : html`<${Busy} />`}`;
  if (!choices.latest) return html`<${Empty} title=${t("No day to play yet")} text=${t("A day can be played again once it is over.")} />`;
  const change = (part) => setWish({ ...wish, ...part });
  /** The same question again, as after a failure, is computed anew; another one is first looked for. */
  const play = () => (query === queryOf(wish) ? study.start() : ask({ ...wish }));
  const is_possible = wish.day && (wish.counters === null || wish.counters.length > 0);
  return html`<div class="answer"><section key="wish" class="p wish"><h2>${t("What if …")}</h2>
      <label>${t("Day")} <input type="date" name="day" value=${wish.day} max=${choices.latest} onChange=${(event) => change({ day: event.target.value })} /></label>
      <${Choice} choices=${choices} wish=${wish} change=${change} />
      <button type="button" class="go" disabled=${!is_possible || Boolean(data?.running)} onClick=${play}>${t("Play the day again")}</button>
      ${wish.counters?.length === 0 ? html`<p class="notice warn">${t("Choose at least one counter.")}</p>` : null}</section>
    <${Trouble} problem=${study.problem} /><${Failed} failed=${data?.failed} />
    <${Progress} running=${data?.running} words=${t("Playing the day again…")} />
    ${data?.found ? html`<${Result} key="result" found=${data.found} rule=${asked.rule} />` : null}</div>`;
}
