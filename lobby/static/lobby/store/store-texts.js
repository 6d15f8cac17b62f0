// Owns the page of texts: each in both languages, with what there is room for, how it will look, and the way back.
import { html, render, useState } from "/static/lobby/page.js";
import { t } from "/static/lobby/texts.js";
import { Outcome, Pair, typed, usePage } from "./parts.js";

/** Where each of the store's own texts stands. */
const ABOUT = {
  kiosk_welcome: () => [t("Heading of the kiosk"), t("The first line a customer reads.")],
  display_welcome: () => [t("Lobby display while nobody is called"), t("Below “Welcome”, before the first number of the day.")],
  closed_note: () => [t("While the store is closed"), t("On kiosks and displays, such as a hotline for urgent matters. The product says nothing there.")],
  phone_note: () => [t("On customers' phones"), t("Below the ticket, such as what happens with their data. The product says nothing there.")],
};

const longer = { where_to_go: () => t("Slip: where to go"), public_rule: () => t("Slip: how the queue is called") };

const Look = ({ zh, en }) => (zh || en) && html`<div class="say"><p lang="zh-CN">${zh}</p><p lang="en">${en}</p></div>`;

/** One text: `zh` and `en` as the form has them; `onReset` only where there is something to go back to. */
function Text({ of, title, about, start, longest, required, busy, faults, onSave, onReset }) {
  const [draft, setDraft] = useState(() => typed(of, start));
  const [zh, en] = [draft[`${of}_zh`], draft[`${of}_en`]];
  const save = (event) => {
    event.preventDefault();
    onSave({ zh, en });
  };
  const count = (text, most) => `${[...text].length} / ${most}`;
  return html`<form class="panel text" data-text=${of} onSubmit=${save}><h2>${title}</h2>${about && html`<p>${about}</p>`}
    <${Pair} of=${of} labels=${[`${t("Chinese")} · ${count(zh, longest[0])}`, `${t("English")} · ${count(en, longest[1])}`]} longest=${longest} draft=${draft}
      set=${(part) => setDraft({ ...draft, ...part })} faults=${faults} required=${required} />
    <${Look} zh=${zh} en=${en} />
    <div class="acts"><button class="go" disabled=${busy}>${t("Save")}</button>${onReset && html`<button type="button" class="quiet" data-reset disabled=${busy} onClick=${onReset}>${t("Back to the product's text")}</button>`}</div></form>`;
}

function Page() {
  const { state, said, busy, run } = usePage();
  const [last, remember] = useState("");
  const faultsOf = (of) => (last === of ? { [`${of}_zh`]: said.faults.zh, [`${of}_en`]: said.faults.en } : {});
  async function put(of, command, body) {
    remember(of);
    await run(command, body);
  }
  return html`<${Outcome} said=${said} /><div class="texts">
    <${Text} of="name" title=${t("Name of the store")} about=${t("On every screen and slip.")} start=${state.store} longest=${[40, 60]} required busy=${busy} faults=${faultsOf("name")}
      onSave=${({ zh, en }) => put("name", "store-set", { name_zh: zh, name_en: en })} />
    ${state.texts.map(({ name: of, own, usual, longest }) => html`<${Text} key=${`${of} ${own?.zh} ${own?.en}`} of=${of} title=${ABOUT[of]()[0]} about=${ABOUT[of]()[1]} start=${own ?? usual} longest=${[longest.zh, longest.en]}
      busy=${busy} faults=${faultsOf(of)} onSave=${({ zh, en }) => put(of, "store-text-set", { name: of, zh, en })} onReset=${own && (() => put(of, "store-text-set", { name: of, zh: "", en: "" }))} />`)}
    ${Object.entries(longer).map(([of, title]) => html`<${Text} key=${of} of=${of} title=${title()} about=${t("A line at the foot of every slip; empty: none.")} start=${state.slips[of]} longest=${[60, 120]} busy=${busy}
      faults=${faultsOf(of)} onSave=${({ zh, en }) => put(of, "slip-texts-set", { [`${of}_zh`]: zh, [`${of}_en`]: en })} />`)}
    <section class="panel text"><h2>${t("Elsewhere")}</h2><p><a href="/settings/display">${t("Notices on lobby displays")}</a></p><p><a href="/settings/slips">${t("Everything else on slips")}</a></p></section></div>`;
}

render(html`<${Page} />`, document.getElementById("app"));
