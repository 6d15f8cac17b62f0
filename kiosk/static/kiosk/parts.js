// Owns the pieces several kiosk scenes share: text in two languages, text that shrinks to fit, header, countdown, calls.
import { html, icon, useEffect, useRef, useState, useTick, wallClock } from "/static/lobby/page.js";
import { lang, name, other, otherLang, otherName, t } from "/static/lobby/texts.js";

/** One text twice: large in the page's language, small in the other. */
export const Both = ({ text, values }) => html`<b>${t(text, values)}</b><span class="en" lang=${otherLang()}>${other(text, values)}</span>`;

/** A name of the server twice. */
export const Names = ({ names }) => html`<b>${name(names)}</b><span class="en" lang=${otherLang()}>${otherName(names)}</span>`;

function shrink(box) {
  box.style.fontSize = "";
  let size = parseFloat(getComputedStyle(box).fontSize);
  while (size > 18 && (box.scrollWidth > box.clientWidth || box.scrollHeight > box.clientHeight)) {
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
    document.fonts.addEventListener("loadingdone", measure); // a font that arrives late changes every width
    return () => {
      watcher.disconnect();
      document.fonts.removeEventListener("loadingdone", measure);
    };
  }, [text]);
  return html`<span ref=${box} ...${rest}>${children}</span>`;
}

/** Seconds that run down and start again with every touch; `onEnd` once they are gone. */
function useCountdown(seconds, onEnd) {
  const [left, setLeft] = useState(seconds);
  const end = useRef(onEnd);
  end.current = onEnd;
  useEffect(() => {
    let until = 0;
    const restart = () => {
      until = performance.now() + seconds * 1000;
      setLeft(seconds);
    };
    const timer = setInterval(() => {
      const rest = (until - performance.now()) / 1000;
      if (rest > 0) return setLeft(rest);
      clearInterval(timer);
      end.current();
    }, 250);
    restart();
    addEventListener("pointerdown", restart);
    addEventListener("keydown", restart);
    return () => {
      clearInterval(timer);
      removeEventListener("pointerdown", restart);
      removeEventListener("keydown", restart);
    };
  }, [seconds]);
  return left;
}

/** A ring that empties, with the seconds in it. */
export function Ring({ seconds, onEnd }) {
  const left = useCountdown(seconds, onEnd);
  return html`<span class="ring" style=${{ "--left": left / seconds }}><b>${Math.ceil(left)}</b></span>`;
}

/** The bar of every scene behind the home scene: back, and when the kiosk goes home by itself. */
export const BackBar = ({ idle_s, onHome, onBack }) => html`<header class="bar">
  <button class="back" data-action="back" onClick=${onBack}>${icon("back")}<${Both} text="Back" /></button>
  <div class="idle"><p><${Both} text="Returns to start by itself" /></p><${Ring} seconds=${idle_s} onEnd=${onHome} /></div>
</header>`;

const LANGUAGES = { zh: "中文", en: "English" };

const LanguageChoice = ({ onLang }) => html`<div class="lang" role="group" aria-label="语言 Language">
  ${Object.entries(LANGUAGES).map(([code, label]) => html`<button lang=${code === "zh" ? "zh-CN" : "en"} data-lang-choice=${code}
    aria-pressed=${lang() === code} onClick=${() => onLang(code)}>${label}</button>`)}
</div>`;

function Clock({ now, zone }) {
  useTick(1000);
  const { day, time } = wallClock(now(), zone);
  return html`<span class="clock">${day} <b>${time}</b></span>`;
}

/** The store's name, its clock, and the language; the languages only where `onLang` is given. */
export const StoreBar = ({ store, now, onLang }) => html`<header class="home">
  <span class="mark">${icon("mark")}</span>
  <div class="store">
    <${Fit} class="line" text=${name(store.name)}><b>${name(store.name)}</b><//>
    <${Fit} class="line small" text=${lang() + otherName(store.name)}>
      <${Clock} now=${now} zone=${store.timezone} /> · <span lang=${otherLang()}>${otherName(store.name)}</span><//>
  </div>
  ${onLang && html`<${LanguageChoice} onLang=${onLang} />`}
</header>`;

const Call = ({ call }) => html`<li><em>${call.number}</em>${icon("arrow")}<span>${t("Counter {n}", { n: call.counter })}</span></li>`;

/** Who is being called: the newest first. */
export function Calling({ calls, most }) {
  const running = calls.filter((call) => !call.over).slice(0, most);
  return html`<div class="now">
    <p class="label">${t("Now calling")} · <span lang=${otherLang()}>${other("Now calling")}</span></p>
    ${running.length
      ? html`<ol>${running.map((call) => html`<${Call} key=${call.version} call=${call} />`)}</ol>`
      : html`<p class="none">${t("Nobody is being called now")}</p>`}
  </div>`;
}
