// Owns the line at the bottom of the lobby display: the store's notices, one after another.
import { html, icon, useEffect, useState } from "/static/lobby/page.js";
import { name, other, otherName, t } from "/static/lobby/texts.js";
import { Fit } from "./display-fit.js";

const EACH_MS = 12000;
const usual = () => [
  {
    zh: t("Missed your call? See the help desk. Scan your ticket to follow the queue."),
    en: other("Missed your call? See the help desk. Scan your ticket to follow the queue."),
  },
];

export function Notices({ notices }) {
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => setTurn((n) => n + 1), EACH_MS);
    return () => clearInterval(timer);
  }, []);
  const all = notices?.length ? notices : usual();
  const notice = all[turn % all.length];
  return html`<footer class="tip" key=${turn % all.length}>${icon("info")}
    <${Fit} class="line" least="0.86"><b>${name(notice)}</b> <span lang="en">${otherName(notice)}</span><//>
  </footer>`;
}
