// Owns the queues on the floor page: people and longest wait as words and bars.
import { html, minutes, range } from "/static/lobby/page.js";
import { name, t } from "/static/lobby/texts.js";

const TOO_LONG_S = 30 * 60;

/** Bars compare the queues with each other; they are full at half an hour at the latest. */
const full = (waits) => Math.max(TOO_LONG_S, ...waits);

function Bar({ queue, waited, most }) {
  const hot = waited > TOO_LONG_S;
  const vip = queue.class === "vip";
  return html`<li class=${`bar ${hot ? "hot" : ""} ${vip ? "v" : ""}`} data-queue=${queue.code}>
    <span class="l" aria-hidden="true">${queue.letter}</span><b>${name(queue.name)}</b>
    <em><strong>${queue.waiting}</strong>${t(queue.waiting === 1 ? "person" : "people")}${queue.waiting ? html` · <span class=${hot ? "late" : ""}>${t("longest {n} min", { n: minutes(waited) })}</span>` : null}${range(queue.quote) && (queue.waiting || queue.quote.mid_s >= 60) ? html` · ${t("now {n} min", { n: range(queue.quote) })}` : null}</em>
    <span class="tr" aria-hidden="true"><i style=${{ width: `${(100 * waited) / most}%` }}></i></span>
  </li>`;
}

export function Queues({ queues, now }) {
  const waits = queues.map(({ longest_since }) => (longest_since ? Math.max(0, now - Date.parse(longest_since)) / 1000 : 0));
  const most = full(waits);
  return html`<section class="p" aria-labelledby="queues">
    <h2 id="queues">${t("Queues")}</h2>
    <ul class="bars">${queues.map((queue, at) => html`<${Bar} key=${queue.code} queue=${queue} waited=${waits[at]} most=${most} />`)}</ul>
  </section>`;
}
