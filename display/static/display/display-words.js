// Owns the second language of the lobby display: smaller, quieter, and marked as what it is.
import { html } from "/static/lobby/page.js";
import { otherLang, t } from "/static/lobby/texts.js";

export const Second = ({ children, class: kind = "" }) => html`<span class=${`second ${kind}`} lang=${otherLang()}>${children}</span>`;

/** "3 号柜台", "Counter 3": the number stands out. */
export function Place({ counter }) {
  const [before, after] = t("Counter {number}", { number: "|" }).split("|");
  return html`${before}<b>${counter}</b>${after}`;
}
