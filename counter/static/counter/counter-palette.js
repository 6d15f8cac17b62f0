// Owns the list of everything that can be done, with each action's key and why it is not possible now.
import { html, useLayoutEffect, useRef } from "/static/lobby/page.js";
import { t } from "/static/lobby/texts.js";

const STEPS = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 };

function Item({ item, choose }) {
  const reason = `palette-${item.name}`;
  return html`<li><button type="button" class=${item.tone ?? ""} data-item=${item.name} aria-disabled=${Boolean(item.why)} aria-keyshortcuts=${item.key} aria-describedby=${item.why ? reason : null} onClick=${() => !item.why && choose(item)}>
    <kbd aria-hidden="true">${item.key}</kbd><span><b>${item.label}</b>${item.why ? html`<small id=${reason}>${item.why}</small>` : null}</span></button></li>`;
}

/** Arrow keys walk through the list, a letter chooses at once. */
function walk(event, items, choose) {
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  if (STEPS[event.key]) {
    const buttons = [...event.currentTarget.querySelectorAll("[data-item]")];
    const at = buttons.indexOf(document.activeElement);
    buttons.at((at + STEPS[event.key]) % buttons.length).focus();
    return void event.preventDefault();
  }
  const item = items.find(({ key, why }) => key === event.key.toUpperCase() && !why);
  if (!item) return;
  event.preventDefault();
  choose(item);
}

/** @param groups   [{title, items: [action]}]; `run` does the chosen one after the list is closed. */
export function Palette({ groups, run, close }) {
  const dialog = useRef(null);
  const chosen = useRef(null);
  useLayoutEffect(() => {
    dialog.current.showModal();
    dialog.current.querySelector("[data-item]").focus();
  }, []);
  const choose = (item) => {
    chosen.current = item;
    dialog.current.close();
  };
  const closed = () => {
    close();
    if (chosen.current) run(chosen.current);
  };
  const items = groups.flatMap((group) => group.items);
  return html`<dialog ref=${dialog} class="ask palette" aria-label=${t("All actions")} onClose=${closed} onKeyDown=${(event) => walk(event, items, choose)}>
    <header><h2>${t("All actions")}</h2><button type="button" onClick=${() => dialog.current.close()}>${t("Close")}<kbd aria-hidden="true">Esc</kbd></button></header>
    <div class="groups">${groups.map(({ title, items: own }) => html`<section><h3>${title}</h3><ul>${own.map((item) => html`<${Item} key=${item.name} ...${{ item, choose }} />`)}</ul></section>`)}</div>
  </dialog>`;
}
