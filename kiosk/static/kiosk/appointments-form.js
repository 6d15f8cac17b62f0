// Owns the form that books a visit or changes one: who, what for, when.
import { patch, post, requestKey } from "/static/lobby/api.js";
import { html, icon, timeOf, useEffect, useRef, useState } from "/static/lobby/page.js";
import { message, name, t } from "/static/lobby/texts.js";
import { SlotPicker, useSlots } from "./appointments-slots.js";
import { dayName } from "./appointments-words.js";

const PHONE_DIGITS = 11;
const digits = (text) => text.replace(/\D/g, "").replace(/^(00)?86(?=1\d{10}$)/, "");

const RIGHTS = {
  free: () => ({ tone: "ok", text: t("May book") }),
  by_permission: () => ({ tone: "warn", text: t("Books by permission: with this booking you give it") }),
  staff_only: () => ({ tone: "", text: t("No card with a right to book: you book for this customer") }),
};

/** Who the phone belongs to; null until it is complete and answered. */
function useCustomer(phone) {
  const [known, set] = useState(null);
  useEffect(() => {
    set(null);
    if (digits(phone).length !== PHONE_DIGITS) return undefined;
    let isOld = false;
    post("/api/v1/appointments/customer", { phone: digits(phone) }).then((found) => isOld || set(found), () => {}); // a help only; booking says what is wrong
    return () => {
      isOld = true;
    };
  }, [digits(phone)]);
  return known;
}

function Standing({ known, show }) {
  if (!known) return null;
  const { tone, text } = RIGHTS[known.right]();
  return html`<div class=${`standing ${tone}`} role="status"><p>${known.tier_name ? html`<span class="tag vip">${icon("diamond")} ${name(known.tier_name)}</span> ` : null}${text}</p>
    ${known.reason ? html`<p>${message(known.reason)}</p>` : null}
    ${known.appointments.map((one) => html`<p key=${one.code}>${t("Already booked: {day} {time}", { day: dayName(one.slot_at.slice(0, 10)), time: timeOf(one.slot_at) })} · ${name(one.service_name)} <button type="button" class="plain" onClick=${() => show(one.code)}>${t("Show")}</button></p>`)}
  </div>`;
}

const Services = ({ services, chosen, pick }) => html`<fieldset><legend>${t("Service")}</legend><div class="services">
  ${services.map((one) => html`<label key=${one.code}><input type="radio" name="service" value=${one.code} checked=${one.code === chosen} onChange=${() => pick(one.code)} /><span>${icon(one.icon)} ${name(one.name)}</span></label>`)}
</div></fieldset>`;

const Languages = ({ chosen, pick }) => html`<fieldset class="row"><legend>${t("Customer's language")}</legend><div class="seg">
  <button type="button" lang="zh-CN" aria-pressed=${chosen === "zh"} onClick=${() => pick("zh")}>中文</button><button type="button" lang="en" aria-pressed=${chosen === "en"} onClick=${() => pick("en")}>English</button></div></fieldset>`;

const started = (booking, day) =>
  booking
    ? { phone: "", name: booking.name, service: booking.service, day: booking.slot_at.slice(0, 10), slot_at: booking.slot_at, language: booking.language }
    : { phone: "", name: "", service: "", day, slot_at: "", language: "zh" };

/** What to send: all of a new booking; of a change only what is different, a phone only if one was typed. */
function sent(draft, booking) {
  const { day, ...body } = { ...draft, phone: digits(draft.phone) || draft.phone };
  return booking ? Object.fromEntries(Object.entries(body).filter(([key, value]) => value !== booking[key] && value !== "")) : body;
}

/** What is still missing, in words; "" when all is there. */
function missing({ phone, name: given, service, slot_at }, booking) {
  if (digits(phone).length !== PHONE_DIGITS && !(booking && phone.trim() === "")) return t("Enter the 11 digits of the mobile number");
  if (!given.trim()) return t("Enter the name");
  if (!service) return t("Choose a service");
  return slot_at ? "" : t("Choose a time");
}

/** @param {{booking: object | null}} props  `booking`: the one to change; null for a new one */
export function BookingForm({ page, booking, today, day, fresh, done, show, leave }) {
  const [draft, setDraft] = useState(started(booking, day));
  const [state, setState] = useState({ busy: false, fault: "", field: "" });
  const [asked, setAsked] = useState(0);
  const key = useRef(requestKey());
  const filled = useRef("");
  const known = useCustomer(draft.phone);
  const loaded = useSlots(draft.service, draft.day, `${fresh} ${asked}`);
  const set = (change) => {
    setDraft((old) => ({ ...old, ...change }));
    setState({ busy: false, fault: "", field: "" });
  };
  useEffect(() => {
    if (!known?.name || (draft.name && draft.name !== filled.current)) return;
    filled.current = known.name;
    set({ name: known.name, language: known.language });
  }, [known]);

  const lacking = missing(draft, booking);
  async function send(event) {
    event.preventDefault();
    if (lacking) return setState({ busy: false, fault: lacking, field: "" });
    setState({ busy: true, fault: "", field: "" });
    const body = sent(draft, booking);
    const request = booking ? patch(`/api/v1/appointments/${encodeURIComponent(booking.code)}`, body) : post("/api/v1/appointments", { ...body, request_key: key.current });
    return request.then(done, (problem) => {
      setState({ busy: false, fault: problem.detail || t("No connection to the server. Nothing was changed; please try again."), field: problem.errors[0]?.field ?? "" });
      setAsked((n) => n + 1); // somebody else may have taken the place: show what is free now
    });
  }
  const when = draft.slot_at && { day: dayName(draft.slot_at.slice(0, 10)), time: timeOf(draft.slot_at) };
  return html`<form class="panel" novalidate onSubmit=${send} aria-labelledby="form-title">
    <header><h2 id="form-title">${booking ? t("Change the appointment") : t("New appointment")}</h2>${booking ? html`<button type="button" class="s" onClick=${leave}>${t("Back")}</button>` : null}</header>
    <div class="two-fields">
      <label>${t("Mobile number")}<input name="phone" inputmode="tel" autocomplete="off" maxlength="20" placeholder=${booking?.phone ?? ""} value=${draft.phone} aria-invalid=${state.field === "phone"} onInput=${(event) => set({ phone: event.target.value })} /></label>
      <label>${t("Name")}<input name="name" autocomplete="off" maxlength="40" value=${draft.name} aria-invalid=${state.field === "name"} onInput=${(event) => set({ name: event.target.value })} /></label>
    </div>
    <${Standing} known=${known} show=${show} />
    <${Services} services=${page.services} chosen=${draft.service} pick=${(service) => set({ service, slot_at: booking && service === booking.service ? booking.slot_at : "" })} />
    <${SlotPicker} service=${draft.service} day=${draft.day} today=${today} horizon=${page.horizon_days} chosen=${draft.slot_at} loaded=${loaded} pickDay=${(one) => set({ day: one, slot_at: "" })} pick=${(slot_at) => set({ slot_at })} />
    <${Languages} chosen=${draft.language} pick=${(language) => set({ language })} />
    <footer><p class="fault" role="alert">${state.fault ? html`${icon("warning")} ${state.fault}` : null}</p>
      <button class="p" data-action="book" aria-busy=${state.busy} disabled=${state.busy}>${when ? t(booking ? "Change to {day} {time}" : "Book {day} {time}", when) : booking ? t("Save changes") : t("Book")}</button></footer>
  </form>`;
}
