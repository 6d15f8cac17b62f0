// Owns a booking's phone number: masked until somebody asks for it, which the journal then knows.
import { post } from "/static/lobby/api.js";
import { html, useState } from "/static/lobby/page.js";
import { t } from "/static/lobby/texts.js";

/** @param {{code: string, phone: string}} props  `phone`: masked, or empty where none is known */
export function Phone({ code, phone }) {
  const [{ whole, busy, fault }, set] = useState({ whole: "", busy: false, fault: "" });
  if (!phone) return html`<span data-phone>${t("not known any more")}</span>`;
  const reveal = () => {
    set({ whole: "", busy: true, fault: "" });
    post(`/api/v1/appointments/${encodeURIComponent(code)}/reveal`).then(
      (answer) => set({ whole: answer.phone, busy: false, fault: "" }),
      (problem) => set({ whole: "", busy: false, fault: problem.detail || t("No connection to the server.") }),
    );
  };
  const hide = () => set({ whole: "", busy: false, fault: "" });
  return html`<span class="phone">${whole ? html`<a href=${`tel:${whole}`} data-phone>${whole}</a>` : html`<span data-phone>${phone}</span>`}
    <button type="button" class="plain" data-action="reveal" disabled=${busy} onClick=${whole ? hide : reveal}>${whole ? t("Hide") : t("Show number")}</button>
    ${fault ? html`<span class="fault" role="alert">${fault}</span>` : null}</span>`;
}
