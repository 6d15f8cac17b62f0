// Owns the frame around the counter page: header, sign-out, the place where trouble is told.
import { html, icon, useTick, wallClock } from "/static/lobby/page.js";
import { lang, name, t } from "/static/lobby/texts.js";

export function Clock({ now, zone }) {
  useTick();
  return html`<time class="clock">${wallClock(now(), zone).time}</time>`;
}

export const LangButton = ({ toggleLang }) => html`<button type="button" lang=${lang() === "zh" ? "en" : "zh-CN"} onClick=${toggleLang}>${lang() === "zh" ? "English" : "中文"}</button>`;

export const SignOut = () => html`<form method="post" action="/counter/sign-out">
  <input type="hidden" name="csrf_token" value=${document.querySelector('meta[name="csrf-token"]')?.content ?? ""} />
  <button>${t("Sign out")}</button>
</form>`;

/** A press on an impossible action does nothing, but the button stays reachable and says why. */
export function Action({ action, name, busy, up, act, main = false, children, ...attributes }) {
  const why = action.why ?? (up ? null : t("No connection to the server"));
  const press = (event) => event.detail < 2 && act({ ...action, main }); // a double click is one press
  return html`<button type="button" ...${attributes} data-action=${name} aria-disabled=${Boolean(why)} aria-busy=${busy === name} title=${why} aria-describedby=${why ? `why-${name}` : null} onClick=${press}>
    ${children}${why ? html`<span class="sr" id=${`why-${name}`}>${why}</span>` : null}
  </button>`;
}

/** Always in the page, so that what is put into it is read out. */
export const Trouble = ({ trouble, dismiss }) => html`<div class="toasts" role="alert">
  ${trouble ? html`<p class="toast">${icon("warning")}<span>${trouble}</span><button type="button" onClick=${dismiss} aria-label=${t("Dismiss")}>${icon("close")}</button></p>` : null}
</div>`;

export const StorePart = ({ store }) => html`<span class="muted store">${name(store?.name)}</span>`;
