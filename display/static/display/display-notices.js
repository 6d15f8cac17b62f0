// Owns the line at the bottom of the lobby display: the store's notices, one after another.
import { html, icon, useEffect, useState } from "/static/lobby/page.js";
import { inLang, name, otherName } from "/static/lobby/texts.js";
import { Fit } from "./display-fit.js";
import { Second } from "./display-words.js";

const EACH_MS = 12000;
const USUAL = "Missed your call? See the help desk. Scan your ticket to follow the queue.";
const usual = () => [{ zh: inLang("zh", USUAL), en: inLang("en", USUAL) }];

export function Notices({ notices }) {
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => setTurn((n) => n + 1), EACH_MS);
    return () => clearInterval(timer);
  }, []);
  const all = notices?.length ? notices : usual();
  const notice = all[turn % all.length];
  return html`<footer class="tip" key=${turn % all.length}>${icon("info")}
    <${Fit} class="line" least="0.86"><b>${name(notice)}</b> <${Second}>${otherName(notice)}<//><//>
  </footer>`;
}
