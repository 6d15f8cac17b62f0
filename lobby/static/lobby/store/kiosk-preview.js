// Owns the kiosk as it will be: its own cards and style in a shadow of their own, scaled down, nothing to touch.
import { html, render, useEffect, useRef } from "/static/lobby/page.js";
import { lang, t } from "/static/lobby/texts.js";
import { Cards } from "/static/kiosk/cards.js";
import { Heading } from "/static/kiosk/parts.js";

const SHEETS = ["/static/lobby/tokens.css", "/static/kiosk/kiosk.css", "/static/kiosk/cards.css", "/static/lobby/store/kiosk-preview.css"];

/** A service as the board has it, with people waiting as an example. */
const asQueue = (service) => ({
  code: service.code, letter: service.letter, name: service.name, icon: service.icon, group: service.group, hint: service.hint,
  class: "ordinary", on_kiosk: service.shown, waiting: 3, quote: { unknown: "not_enough_data" }, refusal: null,
});

const both = (draft, of) => (draft[`${of}_zh`] || draft[`${of}_en`] ? { zh: draft[`${of}_zh`], en: draft[`${of}_en`] } : null);

const drawn = (draft, code) => ({ code, letter: draft.letter, icon: draft.icon, shown: draft.shown, name: both(draft, "name") ?? { zh: "…", en: "…" }, hint: both(draft, "hint"), group: both(draft, "group") });

/** All services with the one in the form as it is being written; a new one comes last. */
function queues(services, draft, code) {
  const now = drawn(draft, code);
  return (code ? services.map((service) => (service.code === code ? now : service)) : [...services, now]).map(asQueue);
}

export function KioskPreview({ services, draft, code }) {
  const host = useRef(null);
  useEffect(() => {
    const root = host.current.shadowRoot ?? host.current.attachShadow({ mode: "open" });
    render(html`${SHEETS.map((href) => html`<link rel="stylesheet" href=${href} />`)}
      <div class="stage tall" lang=${lang()}><main class="choose"><${Heading} text="Hello, please choose a service" />
        <${Cards} queues=${queues(services, draft, code)} busy=${false} onPick=${() => {}} onOpen=${() => {}} /></main></div>`, root);
  });
  return html`<section class="panel look" aria-labelledby="look"><h2 id="look">${t("On the kiosk")}</h2><div class="sheet" ref=${host} inert aria-hidden="true"></div></section>`;
}
