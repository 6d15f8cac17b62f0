// Owns what every screen draws with: Preact's parts, icons, times and durations.
import { h, html, render, useEffect, useLayoutEffect, useRef, useState } from "/static/vendor/preact.js";
import { lang, t } from "./texts.js";

export { h, html, render, useEffect, useLayoutEffect, useRef, useState };

const PATHS = {
  search: "M11 4a7 7 0 1 0 0 14a7 7 0 1 0 0-14zM16 16l4.5 4.5",
  mark: "M4 7h11M4 12h16M4 17h8",
  phone: "M8 2.5h8a3 3 0 0 1 3 3v13a3 3 0 0 1-3 3H8a3 3 0 0 1-3-3v-13a3 3 0 0 1 3-3zM10.5 18h3",
  device: "M3 5.5h18v11H3zM8 20.5h8M12 16.5v4",
  card: "M5.5 5h13a3 3 0 0 1 3 3v8a3 3 0 0 1-3 3h-13a3 3 0 0 1-3-3V8a3 3 0 0 1 3-3zM2.5 10h19M6.5 15h4",
  sim: "M7 2.500h7l4.500 4.500v11.500a3 3 0 0 1-3 3H8.500a3 3 0 0 1-3-3V4A1.500 1.500 0 0 1 7 2.500zM9 11h6v7H9zM12 11v7M9 14.500h6",
  wifi: "M2.500 9.500a14 14 0 0 1 19 0M5.500 13a9.500 9.500 0 0 1 13 0M8.500 16.300a5 5 0 0 1 7 0M12 20h.01",
  tv: "M3 7h18v12H3zM8 2.500l4 4.500 4-4.500",
  swap: "M4 8.500h15M15 4.500l4 4-4 4M20 15.500H5M9 11.500l-4 4 4 4",
  building: "M5 21V4.500A1.500 1.500 0 0 1 6.500 3h8A1.500 1.500 0 0 1 16 4.500V21M16 10h3v11M3 21h18M9 7.500h3M9 11.500h3M9 15.500h3",
  gift: "M3.500 8h17v4h-17zM5 12v9h14v-9M12 8v13M12 8C9 8 7 7 7 5s3.500-2.500 5 3c1.500-5.500 5-5 5-3s-2 3-5 3z",
  shield: "M12 3l7.500 2.500V11c0 5-3.200 8.300-7.500 10-4.300-1.700-7.500-5-7.500-10V5.500zM8.500 12l2.500 2.500 4.500-4.500",
  wrench: "M14.5 5.500a4.500 4.500 0 0 0-5.800 5.800L3 17l4 4 5.700-5.700a4.500 4.500 0 0 0 5.800-5.800L15.700 12 12 8.300z",
  question: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM9.500 9.300a2.600 2.600 0 1 1 3.700 2.400c-.8.400-1.200 1-1.200 1.900M12 17h.01",
  calendar: "M6 4.500h12a3 3 0 0 1 3 3v10a3 3 0 0 1-3 3H6a3 3 0 0 1-3-3v-10a3 3 0 0 1 3-3zM3 9.500h18M8 2.500v4M16 2.500v4M9 15l2.200 2.200L15.500 13",
  diamond: "M6 4h12l3.500 5L12 20.500 2.500 9zM2.500 9h19M9 9l3 11 3-11-3-5z",
  back: "M20 12H5M11 6l-6 6 6 6",
  arrow: "M4 12h15M13 6l6 6-6 6",
  erase: "M9 5h11a1.500 1.500 0 0 1 1.500 1.500v11A1.500 1.500 0 0 1 20 19H9l-6.500-7zM12 9.500l5 5M17 9.500l-5 5",
  info: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM12 11v5M12 8h.01",
  warning: "M12 3 2.500 20h19zM12 10v4M12 17h.01",
  printer: "M6 9V3h12v6M6 18H4v-7h16v7h-2M7 14h10v7H7z",
  note: "M5 4h14v12l-4 4H5zM15 20v-4h4M9 9h6M9 13h3",
  check: "M4 12.500l5.500 5.500L20 7",
  clock: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM12 7.500V12l3 2",
  moon: "M20 14.500A8.500 8.500 0 0 1 9.500 4a8.500 8.500 0 1 0 10.500 10.500z",
  bell: "M6 16.500V11a6 6 0 0 1 12 0v5.500l1.500 2H4.500zM10 21h4M12 3v2",
  camera: "M4.500 7.500h3L9.200 5h5.600l1.700 2.500h3a2 2 0 0 1 2 2V18a2 2 0 0 1-2 2h-15a2 2 0 0 1-2-2V9.500a2 2 0 0 1 2-2zM12 10a3.500 3.500 0 1 0 0 7 3.500 3.500 0 0 0 0-7z",
  sound: "M4 9.500v5h3.500L12 18.500v-13L7.500 9.500zM16 9l5 6M21 9l-5 6",
  speaker: "M4 9.500v5h3.500L12 18.500v-13L7.500 9.500zM15.500 9a4.500 4.500 0 0 1 0 6M18.500 6a9 9 0 0 1 0 12",
  people: "M9 11a3.500 3.500 0 1 0 0-7 3.500 3.500 0 0 0 0 7zM2.500 20a6.500 6.500 0 0 1 13 0M16 4.300a3.500 3.500 0 0 1 0 6.400M18 14.300a6.500 6.500 0 0 1 3.500 5.700",
  close: "M6 6l12 12M18 6 6 18",
  access: "M12 2.500a2 2 0 1 0 0 4 2 2 0 0 0 0-4zM5 8.500l7 1 7-1M12 9.500v5l-3 7M12 14.500l3 7",
  headset: "M4 13a8 8 0 0 1 16 0v4a2 2 0 0 1-2 2h-2v-6h4M4 13h4v6H6a2 2 0 0 1-2-2z",
  letters: "M3 19l5.500-14L14 19M4.800 14.500h7.400M16 19l3-7.500L22 19M17 16.500h4",
  contrast: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM12 3v18M15 6.500v11M18 9v6",
  reach: "M10 4.500a1.800 1.800 0 1 0 0-.010zM10 8v6h5.500l2.500 5.500M10 10.500h4.500M8 12a5 5 0 1 0 6.500 7",
  cake: "M4 20.500h16v-8H4zM4 16c2 1.500 4 1.500 5.300 0 1.400 1.500 4 1.500 5.400 0 1.300 1.500 3.300 1.500 5.300 0M12 12.500V8M12 5.500V4",
  person: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4.500 20.500a7.500 7.500 0 0 1 15 0",
  more: "M5 5h5v5H5zM14 5h5v5h-5zM5 14h5v5H5zM14 14h5v5h-5z",
  next: "M9 5l7 7-7 7",
  up: "M5 15l7-7 7 7",
  down: "M5 9l7 7 7-7",
  hand: "M9 12V4.500a1.500 1.500 0 0 1 3 0V11l5 1.200a2.500 2.500 0 0 1 2 2.500V17a4.500 4.500 0 0 1-4.500 4.500H13a5 5 0 0 1-4-2l-4-5.500a1.500 1.500 0 0 1 2.300-1.800L9 14",
  offline: "M3 3l18 18M5 12a10 10 0 0 1 4-2.400M8.500 15.500a5 5 0 0 1 3.500-1.500M12 19h.01M2 8.800A15 15 0 0 1 6 6.300M10.500 5.100A15 15 0 0 1 22 8.800M15 10.200a10 10 0 0 1 4 1.800",
};

/** A line icon, decoration only. */
export const icon = (name) => html`<svg class="i" viewBox="0 0 24 24" aria-hidden="true"><path d=${PATHS[name] ?? PATHS.question} /></svg>`;

const pad = (number) => String(Math.floor(number)).padStart(2, "0");

/** The store's wall clock from an RFC 3339 time, whatever zone the browser is in: "10:24". */
export const timeOf = (stamp) => stamp.slice(11, 16);

/** A length in seconds as a running clock: "4:05", "1:04:05". */
export function running(seconds) {
  const s = Math.max(0, Math.floor(seconds));
  return s >= 3600 ? `${Math.floor(s / 3600)}:${pad((s % 3600) / 60)}:${pad(s % 60)}` : `${Math.floor(s / 60)}:${pad(s % 60)}`;
}

/** Whole minutes begun. */
export const minutes = (seconds) => Math.max(0, Math.floor(seconds / 60));

/** {day, time} of a moment (ms) in the store's zone, in the given language: {day: "11月21日 星期六", time: "10:24"}. */
export function wallClock(ms, zone, code = lang()) {
  const locale = code === "en" ? "en-GB" : "zh-CN";
  const format = (options) => new Intl.DateTimeFormat(locale, { timeZone: zone, ...options }).format(ms);
  const [date, weekday] = [format({ month: code === "en" ? "short" : "long", day: "numeric" }), format({ weekday: code === "en" ? "short" : "long" })];
  const day = code === "en" ? `${weekday} ${date}` : `${date} ${weekday}`;
  return { day, time: format({ hour: "2-digit", minute: "2-digit", hourCycle: "h23" }) };
}

/** A quote as whole minutes: "8–14", "5", or null when it is not known. */
export function range(quote) {
  if (!quote || quote.unknown) return null;
  const low = Math.max(1, Math.floor(quote.low_s / 60));
  const high = Math.max(1, Math.ceil(quote.high_s / 60));
  return low >= high ? `${high}` : `${low}–${high}`;
}

const STATES = {
  closed: () => t("Closed"),
  ready: () => t("Ready"),
  called: () => t("Calling"),
  serving: () => t("Serving"),
  wrap_up: () => t("Wrap-up"),
  paused: () => t("Paused"),
};

/** What a counter is doing, in words. */
export const stateName = (state) => STATES[state]?.() ?? state;

/** Draw again every `ms`, for running clocks. */
export function useTick(ms = 1000) {
  const [, set] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => set((n) => n + 1), ms);
    return () => clearInterval(timer);
  }, [ms]);
}

/** A ref to what has the focus as soon as it is on the page; while refs are set it is not there yet. */
export function useFocus() {
  const at = useRef(null);
  useLayoutEffect(() => at.current.focus(), []);
  return at;
}

/** The strip that says the line is down. */
export const Offline = ({ up }) => (up ? null : html`<div class="offline" role="status">${icon("offline")} ${t("No connection to the server. Trying again…")}</div>`);
