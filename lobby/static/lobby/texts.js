// Owns words: the language of the page, and texts in one or both languages. The English text is the catalogue's key.
const catalogue = await fetch("/texts/zh.json").then((answer) => (answer.ok ? answer.json() : {}));
let language = document.documentElement.lang.startsWith("en") ? "en" : "zh";

export const lang = () => language;

/** Switch the page's language; the caller renders again. */
export function setLang(code) {
  language = code;
  document.documentElement.lang = code === "en" ? "en" : "zh-CN";
}

/** Switch for good: the choice is kept for this browser. */
export function keepLang(code) {
  setLang(code);
  document.cookie = `lang=${code}; path=/; max-age=31536000; samesite=lax`;
}

const fill = (text, values) => text.replace(/\{(\w+)\}/g, (place, name) => values[name] ?? place);

/** The text in one language, with its {places} filled. */
export function inLang(code, text, values = {}) {
  if (code === "zh" && !catalogue[text]) console.warn(`no Chinese for “${text}”`);
  return fill((code === "zh" && catalogue[text]) || text, values);
}

/** The text in the page's language. */
export const t = (text, values) => inLang(language, text, values);

/** The text in the other language, for the smaller line below. */
export const other = (text, values) => inLang(language === "zh" ? "en" : "zh", text, values);
export const otherLang = () => (language === "zh" ? "en" : "zh-CN");

/** Names come from the server as {zh, en}. */
export const name = (names) => names?.[language] ?? "";
export const otherName = (names) => names?.[language === "zh" ? "en" : "zh"] ?? "";

const plainly = (values) => Object.fromEntries(Object.entries(values ?? {}).map(([key, value]) => [key, value?.zh ? name(value) : value]));

/** A message of the server: {code, text, values}; values may be names. */
export const message = (said) => (said ? t(said.text, plainly(said.values)) : "");

/** `line 12: rule.fair_after`, where a file is wrong, in the page's language. */
export function placed(field) {
  const [, line, key] = /^line (\d+): (.*)$/.exec(field) ?? [];
  return line ? t("Line {n}: {fault}", { n: line, fault: key }) : field;
}
