// Owns the disk on the floor page: that nothing can be saved now and what to do, and that room is running out.
import { html, icon } from "/static/lobby/page.js";
import { message, t } from "/static/lobby/texts.js";

/** @param {{trouble: object | null, low: object | null}} props   messages as they stand in the snapshot */
export function Disk({ trouble, low }) {
  if (!trouble && !low) return null;
  const [heading, said] = trouble ? [t("Numbers cannot be given and nobody can be called"), trouble] : [t("The disk is almost full"), low];
  return html`<section class="al one" aria-label=${t("Disk")} role="alert"><p data-disk=${said.code} class=${trouble ? "" : "low"}>${icon("warning")}<span><b>${heading}</b><em>${message(said)}</em></span></p></section>`;
}
