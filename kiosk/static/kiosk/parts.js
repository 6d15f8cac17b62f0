// Owns the pieces several kiosk scenes share: text in two languages, text that shrinks to fit, headers, calls.
import { html, icon, useEffect, useRef, useTick, wallClock } from "/static/lobby/page.js";
import { lang, name, other, otherLang, otherName, t } from "/static/lobby/texts.js";
import { Idle } from "./idle.js";
import { isOn, modeNames } from "./modes.js";

/** One text twice: large in the page's language, small in the other. */
export const Both = ({ text, values }) => html`<b>${t(text, values)}</b><span class="en" lang=${otherLang()}>${other(text, values)}</span>`;

/** A name of the server twice. */
export const Names = ({ names }) => html`<b>${name(names)}</b><span class="en" lang=${otherLang()}>${otherName(names)}</span>`;

/** What a scene is about; the focus begins here. `own`: the store's words in place of ours. `unseen` where there is no room for it but who reads by ear needs it. */
export const Heading = ({ text, values, own = null, unseen = false }) => html`<section class=${unseen ? "sr" : "hero"}><h1 tabindex="-1">${own ? name(own) : t(text, values)}</h1>
  <p lang=${otherLang()}>${own ? otherName(own) : other(text, values)}</p></section>`;

const SMALLEST_PX = 14;

function shrink(box) {
  box.style.fontSize = "";
  let size = parseFloat(getComputedStyle(box).fontSize);
  while (size > SMALLEST_PX && (box.scrollWidth > box.clientWidth + 1 || box.scrollHeight > box.clientHeight + 1)) {
    size -= 1;
    box.style.fontSize = `${size}px`;
  }
}

/** A box whose text shrinks until it fits; `text` says when to measure again. */
export function Fit({ text, children, ...rest }) {
  const box = useRef(null);
  useEffect(() => {
    const measure = () => box.current && shrink(box.current);
    const watcher = new ResizeObserver(measure);
    watcher.observe(box.current);
    measure();
    document.fonts.addEventListener("loadingdone", measure); // a font that arrives late changes every width
    return () => {
      watcher.disconnect();
      document.fonts.removeEventListener("loadingdone", measure);
    };
  }, [text, lang(), modeNames()]);
  return html`<span ref=${box} ...${rest}>${children}</span>`;
}

export const BackButton = ({ onBack }) => html`<button class="back" data-action="back" onClick=${onBack}>${icon("back")}<${Both} text="Back" /></button>`;

/** The bar of every scene behind the home scene: back, and when the kiosk goes home by itself. In low reach, back stands at the foot. */
export const BackBar = ({ idle_s, onHome, onBack }) => html`<header class="bar">
  ${!isOn("reach") && html`<${BackButton} onBack=${onBack} />`}<${Idle} seconds=${idle_s} onEnd=${onHome} />
</header>`;

const LANGUAGES = { zh: "中文", en: "English" };

export const LanguageChoice = ({ onLang }) => html`<div class="lang" role="group" aria-label="语言 Language">
  ${Object.entries(LANGUAGES).map(([code, label]) => html`<button lang=${code === "zh" ? "zh-CN" : "en"} data-lang-choice=${code}
    aria-pressed=${lang() === code} onClick=${() => onLang(code)}>${label}</button>`)}
</div>`;

function Clock({ now, zone }) {
  useTick(1000);
  const { day, time } = wallClock(now(), zone);
  return html`<span class="clock">${day} <b>${time}</b></span>`;
}

/** The store's name, its clock, and the language; the languages only where `onLang` is given. In low reach they stand at the foot. */
export const StoreBar = ({ store, now, onLang, children }) => html`<header class="home">
  <span class="mark">${icon("mark")}</span>
  <div class="store">
    <${Fit} class="line" text=${name(store.name)}><b>${name(store.name)}</b><//>
    <${Fit} class="line small" text=${otherName(store.name)}>
      <${Clock} now=${now} zone=${store.timezone} /><span lang=${otherLang()}> · ${otherName(store.name)}</span><//>
  </div>
  ${children}
  ${onLang && !isOn("reach") && html`<${LanguageChoice} onLang=${onLang} />`}
</header>`;

const Call = ({ call }) => html`<li><em>${call.number}</em>${icon("arrow")}<span>${t("Counter {n}", { n: call.counter })}</span></li>`;

/** Who is being called: the newest first. */
export function Calling({ calls, most }) {
  const running = calls.filter((call) => !call.over).slice(0, most);
  return html`<div class="now">
    <p class="label">${t("Now calling")}<span lang=${otherLang()}> · ${other("Now calling")}</span></p>
    ${running.length
      ? html`<${Fit} class="line" text=${running.map((call) => call.version).join()}><ol>${running.map((call) => html`<${Call} key=${call.version} call=${call} />`)}</ol><//>`
      : html`<p class="none">${t("Nobody is being called now")}</p>`}
  </div>`;
}
