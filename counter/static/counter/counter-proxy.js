// Owns issuing a number for an absent VIP: the small form, its answer, and the mark on such a ticket at the counter.
import { post, requestKey } from "/static/lobby/api.js";
import { standing } from "/static/lobby/duty.js";
import { html, icon, useFocus, useLayoutEffect, useRef, useState, useTick } from "/static/lobby/page.js";
import { lang, name, t } from "/static/lobby/texts.js";

/** The mark on a ticket whose customer stays away: who took it on, and the clock. */
export function ProxyTag({ proxy, now }) {
  useTick();
  if (!proxy) return null;
  const { tone, short } = standing(proxy, now());
  return html`<span class=${`tag absent ${tone}`} data-proxy-clock=${proxy.clock}>${t("Proxy by {name}", { name: proxy.staff })} · ${short}</span>`;
}

function Issued({ ticket, close }) {
  const done = useFocus();
  return html`<div class="issued"><p>${t("Number for the absent customer")}</p><b data-proxy-number=${ticket.number}>${ticket.number}</b>
    <p>${icon("clock")} ${t("To be done within 3 hours; then tell the customer within half an hour.")}</p>
    <button type="button" class="go" ref=${done} onClick=${close}>${t("Done")}</button></div>`;
}

function Form({ services, send, busy, trouble, close }) {
  return html`<form onSubmit=${send}>
    <h2>${t("Number for an absent VIP")}</h2>
    <p class="lead">${t("For gold and diamond customers as the store has set it. It goes through the VIP queue.")}</p>
    <label>${t("Member number or phone")}<input name="proxy_for" required maxlength="32" autocomplete="off" aria-invalid=${Boolean(trouble)} aria-describedby="proxy-trouble" /></label>
    <label>${t("Service")}<select name="service">${services.map(({ code, name: names }) => html`<option key=${code} value=${code}>${name(names)}</option>`)}</select></label>
    <p id="proxy-trouble" class="wrong" role="alert">${trouble ? html`${icon("warning")}<span>${trouble}</span>` : null}</p>
    <div class="row"><button type="button" onClick=${close}>${t("Cancel")}</button><button class="go" aria-busy=${busy}>${t("Take a number")}</button></div>
  </form>`;
}

export function ProxyDialog({ queues, close }) {
  const dialog = useRef(null);
  const key = useRef(requestKey());
  const [state, set] = useState({ busy: false, trouble: "", ticket: null });
  useLayoutEffect(() => dialog.current.showModal(), []);

  async function send(event) {
    event.preventDefault();
    if (state.busy) return;
    const wish = Object.fromEntries(new FormData(event.target));
    set({ busy: true, trouble: "", ticket: null });
    try {
      set({ busy: false, trouble: "", ticket: await post("/api/v1/tickets", { ...wish, request_key: key.current, language: lang() }) });
    } catch (problem) {
      if (problem.status === undefined) throw problem;
      set({ busy: false, trouble: problem.detail || t("No connection to the server. Nothing was changed; please try again."), ticket: null });
    }
  }

  const shut = () => dialog.current.close(); // gives the focus back to where it was
  const services = queues.filter((queue) => queue.class !== "vip" && !queue.retired);
  return html`<dialog ref=${dialog} class="ask" aria-label=${t("Number for an absent VIP")} onClose=${close}>
    ${state.ticket ? html`<${Issued} ticket=${state.ticket} close=${shut} />` : html`<${Form} ...${state} services=${services} send=${send} close=${shut} />`}
  </dialog>`;
}
