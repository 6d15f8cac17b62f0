// Owns what the head office's pages share: the head with its ways to the other pages, and the sheet that opens over a page.
import { html, useLayoutEffect, useRef } from "/static/lobby/page.js";
import { keepLang, lang, placed, t } from "/static/lobby/texts.js";

const PAGES = [["/", () => t("All stores"), "viewer"], ["/reports", () => t("Reports"), "viewer"], ["/comparisons", () => t("Compare stores"), "manager"], ["/rollouts", () => t("Roll-outs"), "manager"], ["/mail", () => t("Sent to stores"), "manager"]];
const csrf = () => document.querySelector('meta[name="csrf-token"]').content;

/** Who may look may not always act. */
export const mayAct = () => document.body.dataset.role !== "viewer";

/** A store by its own name, where that comes as two columns. */
export const called = (store) => (lang() === "zh" ? store.name_zh : store.name_en);

/** Why a store refused, line by line: in the reader's language, unless its program is too old to say so. */
export function reasons({ words, reason }) {
  if (words?.faults) return words.faults.map((fault) => `${placed(fault.field)} — ${t(fault.text, fault.values)}`);
  return [words?.text ? t(words.text, words.values) : reason];
}

/** Every region that these stores lie in and every beginning of one: 华东, 华东/上海. */
export const regionsOf = (stores) => [...new Set(stores.flatMap(({ region }) => region.split("/").map((_, n, parts) => parts.slice(0, n + 1).join("/"))))].filter(Boolean).sort();

export const isIn = (region, { region: path }) => !region || path === region || path.startsWith(`${region}/`);

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
