// Owns what the head office's pages share: the head with its ways to the other pages, keeping up with what moves, and what opens.
import { Problem, get } from "/static/lobby/api.js";
import { html, useLayoutEffect, useRef, useState } from "/static/lobby/page.js";
import { keepLang, lang, name, placed, t } from "/static/lobby/texts.js";

const PAGES = [["/", () => t("All stores"), "viewer"], ["/reports", () => t("Reports"), "viewer"], ["/comparisons", () => t("Compare stores"), "manager"], ["/rollouts", () => t("Roll-outs"), "manager"], ["/mail", () => t("Sent to stores"), "manager"]];
const LOOK_MS = 2000;
const TIMES_AS_LONG = 10;
const csrf = () => document.querySelector('meta[name="csrf-token"]').content;

/** Who may look may not always act. */
export const mayAct = () => document.body.dataset.role !== "viewer";

/** A store by its name for the public, with the head office's name of it where that differs: several may be called alike. */
export function called({ store, name: names, name_zh, name_en }) {
  const shown = name(names ?? { zh: name_zh, en: name_en });
  if (shown === store) return shown;
  return lang() === "zh" ? `${shown}（${store}）` : `${shown} (${store})`;
}

/** Why a store refused, line by line: in the reader's language, unless its program is too old to say so. */
export function reasons({ words, reason }) {
  if (words?.faults) return words.faults.map((fault) => `${placed(fault.field)} — ${t(fault.text, fault.values)}`);
  return [words?.text ? t(words.text, words.values) : reason];
}

/** Every region that these stores lie in and every beginning of one: 华东, 华东/上海. */
export const regionsOf = (stores) => [...new Set(stores.flatMap(({ region }) => region.split("/").map((_, n, parts) => parts.slice(0, n + 1).join("/"))))].filter(Boolean).sort();

export const isIn = (region, { region: path }) => !region || path === region || path.startsWith(`${region}/`);

/**
 * Looks, and goes on looking while `look` says that something moves or nobody answers; what takes long is asked for less
 * often, and a page that nobody sees rests. The answer looks now, after what is asked already.
 */
export function keepLooking(look, set) {
  let turn = Promise.resolve();
  let timer;
  async function once() {
    clearTimeout(timer);
    const began = performance.now();
    const [isMoving, up] = await look().then((answer) => [answer, true], unheard);
    set({ up });
    if (isMoving && !document.hidden) timer = setTimeout(again, Math.max(LOOK_MS, TIMES_AS_LONG * (performance.now() - began)));
  }
  const again = () => (turn = turn.then(once));
  document.addEventListener("visibilitychange", () => (document.hidden ? clearTimeout(timer) : again()));
  return again;
}

/**
 * Keeps up with a list in short, `recent`, and with the one of it that is open, `shown`: asked for whole only when the list
 * has news of it. Its address is kept, so that it can be passed on.
 */
export function follow(kind, set) {
  let seen = "";
  const again = keepLooking(async () => {
    const { [kind]: recent } = await get(`/api/v1/${kind}`);
    const id = Number(new URLSearchParams(location.search).get("id")) || recent[0]?.id;
    const news = JSON.stringify([id, recent.find((one) => one.id === id)]);
    const whole = id && news !== seen ? await wholeOf(`/api/v1/${kind}/${id}`) : {};
    seen = news;
    set({ recent, ...whole });
    return recent.some(({ is_moving }) => is_moving);
  }, set);
  function look() {
    seen = "";
    return again();
  }
  function open(id) {
    history.replaceState(null, "", `?id=${id}`);
    set({ trouble: "" });
    return look();
  }
  return { look, open };
}

/** Without an answer it goes on; what is no answer's fault is not hidden by that. */
function unheard(problem) {
  if (!(problem instanceof Problem)) reportError(problem);
  return [true, problem.status !== 0];
}

async function wholeOf(path) {
  try {
    return { shown: await get(path) };
  } catch (problem) {
    if (!problem.status) throw problem;
    return { shown: null, trouble: problem.detail };
  }
}

function speak() {
  keepLang(lang() === "zh" ? "en" : "zh");
  location.reload();
}

export function Head({ title, here, children }) {
  const ways = PAGES.filter(([path, , role]) => path !== here && (role === "viewer" || mayAct()));
  return html`<header class="top"><h1>${title}</h1>${children}<span class="gap"></span>
    ${ways.map(([path, word]) => html`<a class="link" href=${path}>${word()}</a>`)}
    <button type="button" class="link" lang=${lang() === "zh" ? "en" : "zh-CN"} onClick=${speak}>${lang() === "zh" ? "English" : "中文"}</button>
    <form method="post" action="/sign-out"><input type="hidden" name="csrf_token" value=${csrf()} /><button class="link">${t("Sign out")} · ${document.body.dataset.person}</button></form></header>`;
}

export function Sheet({ title, about, close, children }) {
  const box = useRef(null);
  useLayoutEffect(() => box.current.showModal(), []);
  const shut = () => box.current.close();
  return html`<dialog ref=${box} class="sheet" aria-labelledby="sheet" onClose=${close} onClick=${(event) => event.target === box.current && shut()}>
    <div><header><h2 id="sheet">${title} <span>${about}</span></h2><button type="button" class="quiet" onClick=${shut}>${t("Done")}</button></header>${children}</div></dialog>`;
}

/** What opens to show more; it is drawn only while it is open, as there may be thousands. */
export function More({ summary, children, isFirstOpen = false, ...rest }) {
  const [isOpen, set] = useState(isFirstOpen);
  return html`<details ...${rest} open=${isOpen} onToggle=${(event) => set(event.currentTarget.open)}><summary>${summary}</summary>${isOpen ? children() : null}</details>`;
}
