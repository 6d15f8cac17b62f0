// Owns the words of the appointments page: days, states, who did something, and what is read to a customer on the phone.
import { timeOf, wallClock } from "/static/lobby/page.js";
import { inLang, lang, t } from "/static/lobby/texts.js";

const DAY_MS = 86_400_000;

/** The store's day of a moment (ms): "2026-11-24". */
export const dayOf = (ms, zone) => new Intl.DateTimeFormat("en-CA", { timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit" }).format(ms);
export const addDays = (day, n) => new Date(Date.parse(`${day}T12:00:00Z`) + n * DAY_MS).toISOString().slice(0, 10);
/** "11月24日 星期二" */
export const dayName = (day, code = lang()) => wallClock(Date.parse(`${day}T12:00:00Z`), "UTC", code).day;
/** A day beside today: "tomorrow", or its weekday; and its date. */
export function dayParts(day, today) {
  const noon = Date.parse(`${day}T12:00:00Z`);
  const form = (options) => new Intl.DateTimeFormat(lang() === "en" ? "en-GB" : "zh-CN", { timeZone: "UTC", ...options }).format(noon);
  const near = day === today ? t("Today") : day === addDays(today, 1) ? t("Tomorrow") : form({ weekday: "short" });
  return { near, date: form({ month: "numeric", day: "numeric" }) };
}

const STATES = {
  booked: () => t("Booked"),
  checked_in: () => t("Checked in"),
  completed: () => t("Served"),
  no_show: () => t("Did not come"),
  cancelled: () => t("Cancelled"),
};

/** {tone, text} of a booking at a moment (ms). */
export function standing(booking, now) {
  const isLate = booking.state === "booked" && Date.parse(booking.slot_at) < now;
  return isLate ? { tone: "late", text: t("Not here yet") } : { tone: booking.state, text: STATES[booking.state]?.() ?? booking.state };
}

const CHANNELS = { staff: () => t("Staff"), hotline: () => t("Hotline"), web: () => t("Web"), manager: () => t("Account manager"), import: () => t("List"), api: () => t("Program"), headoffice: () => t("Head office") };
export const channelName = (channel) => CHANNELS[channel]?.() ?? channel;

/** Journal actors are `staff:NAME`, `device:NAME`, `command`. */
export const who = (actor) => (actor === "command" ? t("List") : (actor ?? "").replace(/^\w+:/, ""));

export const spaced = (code) => (/^\d{6}$/.test(code) ? `${code.slice(0, 3)} ${code.slice(3)}` : code);

/** What is read to the customer, sentence by sentence, in their language. */
export function spoken(booking, store, code) {
  const values = { name: booking.name, day: dayName(booking.slot_at.slice(0, 10), code), time: timeOf(booking.slot_at), service: booking.service_name[code], store: store[code] };
  return [
    inLang(code, "{name}, your visit is booked for {day} at {time}.", values),
    inLang(code, "{service}, at {store}.", values),
    inLang(code, "Your booking code is {code}.", { code: spaced(booking.code) }),
    ...booking.notes.map((note) => inLang(code, note.text, { ...note.values, ...(note.values.code ? { code: spaced(note.values.code) } : {}) })),
  ];
}
