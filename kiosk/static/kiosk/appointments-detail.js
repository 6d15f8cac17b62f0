// Owns one booking: what is known of it, what can be done, and right after booking the code and what to tell the customer.
import { get, post, remove } from "/static/lobby/api.js";
import { html, icon, timeOf, useEffect, useRef, useState } from "/static/lobby/page.js";
import { name, t } from "/static/lobby/texts.js";
import { Phone } from "./appointments-phone.js";
import { channelName, dayName, spaced, spoken, standing, who } from "./appointments-words.js";

const path = (code) => `/api/v1/appointments/${encodeURIComponent(code)}`;
const fault = (problem) => problem.detail || t("No connection to the server. Nothing was changed; please try again.");

/** What is read on the phone; in the customer's language, or in the other one. */
function Script({ booking, store }) {
  const [code, setCode] = useState(booking.language);
  return html`<section class="script" aria-labelledby="script"><header><h3 id="script">${t("Read this to the customer")}</h3>
    <div class="seg small">${["zh", "en"].map((one) => html`<button type="button" key=${one} lang=${one === "zh" ? "zh-CN" : "en"} aria-pressed=${one === code} onClick=${() => setCode(one)}>${one === "zh" ? "中文" : "English"}</button>`)}</div></header>
    <ol lang=${code === "zh" ? "zh-CN" : "en"}>${spoken(booking, store, code).map((line) => html`<li key=${line}>${line}</li>`)}</ol></section>`;
}

/** Right after booking: the code, as large as the panel allows. */
export const Booked = ({ booking, changed, store, another, show }) => html`<section class="panel booked" aria-labelledby="booked">
  <p class="sign">${icon("check")}</p><h2 id="booked" tabindex="-1">${changed ? t("The appointment is changed") : t("The appointment is booked")}</h2>
  <p class="when"><b>${dayName(booking.slot_at.slice(0, 10))} ${timeOf(booking.slot_at)}</b><span>${name(booking.service_name)} · ${booking.name}</span></p>
  <p class="code"><span>${t("Booking code")}</span><b data-code=${booking.code}>${spaced(booking.code)}</b></p>
  <${Script} booking=${booking} store=${store} />
  <footer class="pair"><button type="button" class="s" onClick=${() => show(booking.code)}>${t("Show the appointment")}</button><button type="button" class="p" data-action="another" onClick=${another}>${t("Book another one")}</button></footer>
</section>`;

const Fact = ({ label, children }) => html`<div><dt>${label}</dt><dd>${children}</dd></div>`;

function Cancel({ booking, done, busy }) {
  const sheet = useRef(null);
  return html`<button type="button" class="s warn" data-action="cancel" disabled=${busy} onClick=${() => sheet.current.showModal()}>${t("Cancel the appointment")}</button>
    <dialog ref=${sheet} aria-labelledby="sure"><h2 id="sure">${t("Cancel this appointment?")}</h2>
      <p>${booking.name} · ${dayName(booking.slot_at.slice(0, 10))} ${timeOf(booking.slot_at)} · ${name(booking.service_name)}</p><p>${t("The time is then free for others. This cannot be undone.")}</p>
      <div class="pair"><button type="button" class="s" onClick=${() => sheet.current.close()}>${t("Keep it")}</button>
      <button type="button" class="p bad" data-action="confirm" onClick=${() => (sheet.current.close(), done())}>${t("Yes, cancel it")}</button></div></dialog>`;
}

/** The booking of a code, asked for anew with every change of the lobby. */
function useBooking(code, fresh) {
  const [state, set] = useState({ booking: null, trouble: "" });
  useEffect(() => {
    get(path(code)).then((booking) => set({ booking, trouble: "" }), (problem) => set((old) => ({ ...old, trouble: fault(problem) })));
  }, [code, fresh]);
  return [state, set];
}

export function Detail({ code, now, fresh, store, change, leave, changed }) {
  const [{ booking, trouble }, set] = useBooking(code, fresh);
  const [busy, setBusy] = useState(false);
  const act = (request) => {
    setBusy(true);
    request.then((after) => (set({ booking: after, trouble: "" }), changed()), (problem) => set((old) => ({ ...old, trouble: fault(problem) }))).finally(() => setBusy(false));
  };
  if (!booking || booking.code !== code) return html`<section class="panel"><p class="empty" role="status">${trouble || t("One moment please")}</p><button type="button" class="s" onClick=${leave}>${t("Back")}</button></section>`;
  const { tone, text } = standing(booking, now);
  const open = booking.state === "booked";
  return html`<section class="panel detail" aria-labelledby="detail" data-detail=${code}>
    <header><h2 id="detail">${booking.name}</h2>${booking.tier_name ? html`<span class="tag vip">${icon("diamond")} ${name(booking.tier_name)}</span>` : null}<span class=${`badge ${tone}`}>${text}${booking.number ? ` ${booking.number}` : ""}</span><button type="button" class="s back" onClick=${leave}>${t("Close")}</button></header>
    <p class="when"><b>${dayName(booking.slot_at.slice(0, 10))} ${timeOf(booking.slot_at)}</b><span>${name(booking.service_name)}</span></p>
    <dl><${Fact} label=${t("Booking code")}><b class="mid">${spaced(booking.code)}</b><//>
      <${Fact} label=${t("Phone")}><${Phone} key=${code} code=${code} phone=${booking.phone} /><//>
      <${Fact} label=${t("Booked by")}>${[channelName(booking.channel), who(booking.booked_by), booking.booked_at && `${dayName(booking.booked_at.slice(0, 10))} ${timeOf(booking.booked_at)}`].filter((part, at, all) => part && all.indexOf(part) === at).join(" · ")}<//>
      <${Fact} label=${t("Reminder")}>${booking.reminded_at ? `${who(booking.reminded_by)} · ${dayName(booking.reminded_at.slice(0, 10))} ${timeOf(booking.reminded_at)}` : t("Not reminded yet")}<//></dl>
    ${open ? html`<${Script} key=${code} booking=${booking} store=${store} />` : null}
    <p class="fault" role="alert">${trouble ? html`${icon("warning")} ${trouble}` : null}</p>
    ${open ? html`<footer class="three"><button type="button" class="p" data-action="change" disabled=${busy} onClick=${() => change(booking)}>${t("Change")}</button>
      ${booking.reminded_at
        ? html`<button type="button" class="s" data-action="unremind" disabled=${busy} onClick=${() => act(remove(`${path(code)}/reminder`))}>${t("Not reminded after all")}</button>`
        : html`<button type="button" class="s" data-action="remind" disabled=${busy} onClick=${() => act(post(`${path(code)}/reminder`))}>${t("Mark as reminded")}</button>`}
      <${Cancel} booking=${booking} busy=${busy} done=${() => act(remove(path(code)))} /></footer>` : null}
  </section>`;
}
