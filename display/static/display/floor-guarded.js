// Owns the list of promises: VIPs and due appointments by the time left until their target, with the forecast of their call.
import { html, icon, range, running, timeOf } from "/static/lobby/page.js";
import { name, t } from "/static/lobby/texts.js";
import { NumberButton } from "./floor-tickets.js";

const SOON_S = 5 * 60;

/** Tone and words of the time left; colour is never the only sign. */
function standing(left, quote) {
  if (left < 0) return { tone: "bad", text: t("{time} over", { time: running(-left) }) };
  const endangered = left <= SOON_S || quote?.mid_s > left;
  return { tone: endangered ? "warn" : "ok", text: t("{time} left", { time: running(left) }) };
}

/** When the call is foreseen; in words where that is later than promised. */
function foreseen(left, quote) {
  const minutes = range(quote);
  if (!minutes) return "";
  return left >= 0 && quote.mid_s > left ? t("will be late: call in about {n} min", { n: minutes }) : t("call in about {n} min", { n: minutes });
}

const classOf = ({ class: kind, tier_name }) => (kind === "vip" ? name(tier_name) || t("VIP") : t("Appointment"));

function Pledge({ ticket, now, open }) {
  const left = (Date.parse(ticket.due_at) - now) / 1000;
  const { tone, text } = standing(left, ticket.quote);
  const call = foreseen(left, ticket.quote);
  const used = Math.min(100, Math.max(0, 100 * (1 - left / ticket.target_s)));
  return html`<li class=${`pr ${tone}`} data-guarded=${ticket.number}>
    <b><${NumberButton} number=${ticket.number} open=${open} /></b>
    <span class="what"><span class=${`tag ${ticket.class}`}>${classOf(ticket)}</span><span>${name(ticket.service_name)}</span></span>
    <strong>${text}</strong>
    <span class="tr" aria-hidden="true"><i style=${{ width: `${used}%` }}></i></span>
    <small>${t("by {time}", { time: timeOf(ticket.due_at) })}${call ? ` · ${call}` : ""}</small>
  </li>`;
}

const Nobody = () => html`<p class="calm">${icon("check")}<span><b>${t("No promise is running")}</b>${t("As soon as one waits, the time left stands here.")}</span></p>`;

const count = (guarded, now) => {
  const late = guarded.filter(({ due_at }) => Date.parse(due_at) < now).length;
  return late ? t("{n} waiting, {late} past target", { n: guarded.length, late }) : t("{n} waiting", { n: guarded.length });
};

export const Guarded = ({ guarded, now, open }) => html`<section class="p" aria-labelledby="guarded">
  <h2 id="guarded">${t("VIP and appointments: time left")} <span>${count(guarded, now)}</span></h2>
  ${guarded.length ? html`<ol class="prs">${guarded.map((ticket) => html`<${Pledge} key=${ticket.number} ticket=${ticket} now=${now} open=${open} />`)}</ol>` : html`<${Nobody} />`}
</section>`;
