// Owns one person's own notices on every staff screen: VIPs who have come, being on duty, business for absent customers.
import { post } from "./api.js";
import { follow } from "./live.js";
import { html, icon, running, useTick } from "./page.js";
import { message, name, t } from "./texts.js";

const TROUBLE_MS = 9000;
const ANSWER_MS = 10_000; // on a dead line no answer comes for minutes
const SOON_S = { done: 30 * 60, told: 10 * 60 };

/**
 * Follow the notices of whoever is signed in.
 * @returns {{data: object | null, trouble: string, act: (path: string, body?: object) => Promise<void>, now: () => number}}
 *   the same object at every `changed()`; `act` posts one step and takes its answer.
 */
export function followDuty(changed) {
  let hush = null;
  const own = { data: null, trouble: "", busy: null, act };
  const accept = (data) => {
    if (!own.data || data.version >= own.data.version) own.data = data;
    changed();
  };
  const live = follow({ screen: "duty" }, { snapshot: accept });
  own.now = live.now;

  async function act(path, body) {
    if (own.busy) return;
    Object.assign(own, { busy: path, trouble: "" });
    changed();
    try {
      accept(await post(`/api/v1/${path}`, body, ANSWER_MS));
    } catch (problem) {
      if (problem.status === undefined) throw problem;
      own.trouble = problem.detail || t("No answer from the server. See here whether it was done before you try again.");
      clearTimeout(hush);
      hush = setTimeout(() => {
        own.trouble = "";
        changed();
      }, TROUBLE_MS);
    }
    own.busy = null;
    changed();
  }
  return own;
}

export const acknowledge = (own, page) => own.act(`pages/${page.id}/acknowledge`);

const said = (page) => {
  const tier = name(page.tier_name) || t("VIP");
  if (page.stage === "floor") return t("{tier} customer {number} has come; no account manager has answered", { tier, number: page.number });
  return t("Your customer {customer} has come: {tier}, {number}", { customer: name(page.customer), tier, number: page.number });
};

function Arrival({ page, own, hint }) {
  const waited = running((own.now() - Date.parse(page.waiting_since)) / 1000);
  const where = page.counter ? t("now at counter {number}", { number: page.counter }) : t("waiting {time}", { time: waited });
  return html`<p class=${`arrival ${page.stage}`} data-page=${page.number}>${icon("bell")}<span><b>${said(page)}</b><small>${name(page.service_name)} · ${where}</small></span>
    <button type="button" aria-keyshortcuts=${hint} aria-busy=${own.busy === `pages/${page.id}/acknowledge`} onClick=${() => acknowledge(own, page)}>${t("I take care")}${hint ? html`<kbd aria-hidden="true">${hint}</kbd>` : null}</button>
  </p>`;
}

/** Where a floor manager asks them to come. */
function Called({ call, own }) {
  const path = `staff-pages/${call.id}/acknowledge`;
  return html`<p class="arrival called" data-called=${call.id}>${icon("hand")}<span><b>${call.counter ? t("{name} asks you to come to counter {number}", { name: call.by, number: call.counter }) : t("{name} asks you to come", { name: call.by })}</b></span>
    <button type="button" aria-busy=${own.busy === path} onClick=${() => own.act(path)}>${t("I am coming")}</button></p>`;
}

/** What all of the staff are to know. */
const Known = ({ alert }) => html`<p class="arrival floor" data-alert=${alert.kind}>${icon("warning")}<span><b>${message(alert.said)}</b></span></p>`;

/** Who has come, oldest first; always in the page, so that what is put into it is read out. The first takes the key. */
export function Arrivals({ own, pages, hint, alerts = own.data?.alerts ?? [] }) {
  useTick();
  const called = own.data?.called ?? [];
  return html`<section class=${`arrivals ${pages.length || called.length || alerts.length || own.trouble ? "" : "quiet"}`} aria-live="polite" aria-label=${t("VIPs who have come")}>
    ${own.trouble ? html`<p class="arrival trouble" role="alert">${icon("warning")}<span>${own.trouble}</span></p>` : null}
    ${called.map((call) => html`<${Called} key=${`c${call.id}`} call=${call} own=${own} />`)}
    ${alerts.map((alert) => html`<${Known} key=${`a${alert.id}`} alert=${alert} />`)}
    ${pages.map((page, at) => html`<${Arrival} key=${page.id} page=${page} own=${own} hint=${at ? null : hint} />`)}
  </section>`;
}

/** Tone and words of a proxy's running clock; colour is never the only sign. */
export function standing({ clock, due_at }, now) {
  const left = (Date.parse(due_at) - now) / 1000;
  const time = running(Math.abs(left));
  if (left < 0) return { tone: "bad", short: t("{time} over", { time }), text: clock === "told" ? t("Tell the customer: {time} late", { time }) : t("To be done: {time} late", { time }) };
  const text = clock === "told" ? t("Tell the customer: {time} left", { time }) : t("To be done: {time} left", { time });
  return { tone: left <= SOON_S[clock] ? "warn" : "ok", short: t("{time} left", { time }), text };
}

const STAGES = {
  waiting: () => t("in the VIP queue"),
  called: ({ counter }) => t("at counter {number}", { number: counter }),
  serving: ({ counter }) => t("at counter {number}", { number: counter }),
  on_hold: () => t("on hold"),
  completed: () => t("done"),
};

function Proxy({ proxy, own }) {
  const { tone, text } = standing(proxy, own.now());
  const path = `proxies/${proxy.id}/answered`;
  return html`<li class=${`proxy ${tone}`} data-proxy=${proxy.number}>
    <b>${proxy.number}</b>
    <span class="for">${name(proxy.customer) || t("taken on by {name}", { name: proxy.staff })}<small>${name(proxy.tier_name)} · ${STAGES[proxy.state]?.(proxy) ?? ""}</small></span>
    <strong>${text}</strong>
    ${proxy.clock === "told" ? html`<button type="button" aria-busy=${own.busy === path} onClick=${() => own.act(path)}>${t("Customer told")}</button>` : null}
  </li>`;
}

export function Proxies({ own, proxies }) {
  useTick();
  return html`<ul class="proxies">${proxies.map((proxy) => html`<${Proxy} key=${proxy.id} proxy=${proxy} own=${own} />`)}</ul>`;
}

/** Whether an account manager is on duty, and the other way round by a press. */
export function DutyButton({ own, code, on, label }) {
  const path = `account-managers/${code}/duty`;
  return html`<button type="button" class=${`duty ${on ? "on" : "off"}`} role="switch" aria-checked=${on} aria-label=${label} data-duty=${code} aria-busy=${own.busy === path} onClick=${() => own.act(path, { on: !on })}>
    <i aria-hidden="true"></i><span>${on ? t("On duty") : t("Off duty")}</span></button>`;
}

/** The switch of whoever is signed in, if they are an account manager. */
export function OwnDuty({ own }) {
  if (!own.data?.me.manager) return null;
  const { manager, on_duty } = own.data.me;
  return html`<${DutyButton} own=${own} code=${manager} on=${on_duty} label=${t("Account manager {code}", { code: manager })} />`;
}
