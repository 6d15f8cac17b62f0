// Owns what was done at once and can be taken back, and the floor manager's own steps: notices, issuing, closing, paging.
import { html, icon, timeOf, useState } from "/static/lobby/page.js";
import { name, t } from "/static/lobby/texts.js";

const HOUR_S = 3600;
const UNTIL = [[15 * 60, () => t("for 15 min")], [HOUR_S, () => t("for an hour")], [null, () => t("for today")]];
const CLASSES = { vip: () => t("VIP"), appointment: () => t("Appointment"), ordinary: () => t("Ordinary") };
export const PERMISSIONS = { primary: () => t("first"), backup: () => t("if free"), vip_first: () => t("VIPs first"), never: () => t("not at all") };

const PLACED = {
  first: (number) => t("{number} stands first; only VIPs and appointments go before", { number }),
  original: (number) => t("{number} stands at its own place", { number }),
  last: (number) => t("{number} stands last", { number }),
};

const SAID = {
  open_counter: ({ counter, staff }) => t("Counter {counter} is open for {name}, who was told", { counter, name: staff }),
  end_pause: ({ counter }) => t("Counter {counter} is back from its pause", { counter }),
  permit: (act) => t("Counter {counter} · {class}: {permission}", { counter: act.counter, class: CLASSES[act.class](), permission: PERMISSIONS[act.permission]() }),
  notice: ({ text }) => t("On the displays: {text}", { text: name(text) }),
  stop_issuing: ({ service_name }) => t("No more numbers for {service}", { service: name(service_name) }),
  close_day: () => t("The day is closed: no more numbers are given"),
  place_ticket: ({ number, place }) => PLACED[place](number),
  move_ticket: ({ number, service_name, counter }) => (service_name ? t("{number} waits for {service} now", { number, service: name(service_name) }) : t("{number} waits for counter {counter} alone", { number, counter })),
  cancel_ticket: ({ number }) => t("{number} is cancelled", { number }),
  reinstate_ticket: ({ number }) => t("{number} has its old place back", { number }),
  page: ({ staff }) => t("{name} was asked to come", { name: staff }),
};

export function Act({ act, own, now }) {
  const left = Math.max(0, Math.ceil((Date.parse(act.undo_until) - now) / 1000));
  if (!left) return null;
  const path = `floor/acts/${act.id}/undo`;
  const words = SAID[act.kind](act);
  return html`<li data-act=${act.kind}>${icon("check")}<p><b>${words}</b><small>${t("by {name}, {time}", { name: act.by, time: timeOf(act.at) })}${act.expires_at ? ` · ${t("until {time}", { time: timeOf(act.expires_at) })}` : ""}</small></p>
    <button type="button" aria-label=${`${act.expires_at ? t("End it") : t("Undo")} · ${words}`} aria-busy=${own.busy === path} onClick=${() => own.step(path)}>${act.expires_at ? t("End it") : t("Undo ({n} s)", { n: left })}</button></li>`;
}

/** What runs now; always in the page, so that what is put into it is read out. */
export const Acts = ({ acts, own, now }) => html`<section class=${`acts ${acts.length ? "" : "quiet"}`} aria-live="polite" aria-label=${t("Done just now, and running")}>
  ${acts.length ? html`<ul>${acts.map((act) => html`<${Act} key=${act.id} act=${act} own=${own} now=${now} />`)}</ul>` : null}</section>`;

function NoticeForm({ own }) {
  async function send(event) {
    event.preventDefault();
    const form = event.target;
    const length = form.length.value;
    const body = { kind: "notice", text: { zh: form.zh.value, en: form.en.value } };
    if (length) body.length_s = Number(length);
    if (await own.act(body)) form.reset();
  }
  return html`<form onSubmit=${send} data-form="notice"><h3>${t("Notice on the displays")}</h3>
    <label>${t("In Chinese")}<input name="zh" maxlength="60" required /></label><label>${t("In English")}<input name="en" maxlength="120" required /></label>
    <label>${t("How long")}<select name="length">${UNTIL.map(([length, word]) => html`<option value=${length ?? ""}>${word()}</option>`)}</select></label>
    <button aria-busy=${own.busy === "notice"}>${t("Show it now")}</button></form>`;
}

function IssuingForm({ queues, own }) {
  const [sure, setSure] = useState(false);
  const services = queues.filter(({ class: kind, retired }) => kind !== "vip" && !retired);
  const stop = (event) => {
    event.preventDefault();
    own.act({ kind: "stop_issuing", service: event.target.service.value });
  };
  const close = () => {
    if (sure) own.act({ kind: "close_day" });
    setSure(!sure);
  };
  return html`<form onSubmit=${stop} data-form="issuing"><h3>${t("Giving out numbers")}</h3>
    <label>${t("Service")}<select name="service">${services.map(({ code, letter, name: names }) => html`<option value=${code}>${letter} · ${name(names)}</option>`)}</select></label>
    <button aria-busy=${own.busy === "stop_issuing"}>${t("Stop for today")}</button>
    <button type="button" class="grave" aria-busy=${own.busy === "close_day"} onClick=${close}>${sure ? t("Yes, close the day") : t("Close the day")}</button>
    <p class="why">${t("Who has a number keeps it and is served.")}</p></form>`;
}

export const ManagerSteps = ({ queues, own }) => html`<section class="p now-steps" aria-labelledby="now-steps"><h2 id="now-steps">${t("Act now")} <span>${t("every step is written down and can be taken back")}</span></h2>
  <div class="forms"><${NoticeForm} own=${own} /><${IssuingForm} queues=${queues} own=${own} /></div></section>`;
