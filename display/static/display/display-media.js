// Owns the store's pictures and videos beside the calls: what is in the folder, one after another, broken ones skipped.
import { get } from "/static/lobby/api.js";
import { html, useEffect, useRef } from "/static/lobby/page.js";

const PICTURE_MS = 10_000;
const LOOK_MS = 60_000;
const START_MS = 15_000; // a video that has not begun by then never will
const SLACK_MS = 5_000;

/** Rotate through the folder; `show` is given what comes next, null while there is nothing. */
export function rotate(show) {
  const broken = new Set();
  let all = [];
  let shown = null;
  let turn = 0;
  let timer = null;

  const wait = (ms) => {
    clearTimeout(timer);
    timer = setTimeout(next, ms);
  };
  function next() {
    clearTimeout(timer);
    const good = all.filter(({ url }) => !broken.has(url));
    const at = good.findIndex(({ url }) => url === shown?.url);
    const after = good.find(({ name }) => name > (shown?.name ?? "")) ?? good[0];
    shown = (at < 0 ? after : good[(at + 1) % good.length]) ?? null;
    turn += 1;
    if (shown) wait(shown.kind === "video" ? START_MS : PICTURE_MS);
    show(shown && { ...shown, turn, ...reports(turn, shown.url) });
  }
  /** What the element reports while it is the one that is shown: its length (s), its end, that it cannot be shown. */
  function reports(mine, url) {
    const unlessGone = (act) => (...said) => mine === turn && act(...said);
    return {
      lasts: unlessGone((seconds) => wait((Number.isFinite(seconds) ? seconds * 1000 : START_MS) + SLACK_MS)),
      ends: unlessGone(next),
      fails: unlessGone(() => broken.add(url) && next()),
    };
  }

  async function look() {
    setTimeout(look, LOOK_MS);
    try {
      all = (await get("/api/v1/media")).media;
    } catch {
      return; // the line is down: go on with what is known
    }
    const known = new Set(all.map(({ url }) => url));
    for (const url of broken) if (!known.has(url)) broken.delete(url); // a file written anew is tried again
    if (!shown || !known.has(shown.url)) next();
  }
  look();
}

/** A video that leaves lets its decoder go, so that weeks of them do not add up. */
function release(video) {
  video.removeAttribute("src");
  video.load();
}

function Video({ url, lasts, ends, fails }) {
  const box = useRef();
  useEffect(() => {
    const video = box.current;
    video.muted = true; // as an attribute it is ignored on elements made by scripts
    video.play().catch(() => {}); // a video that cannot be played has said so by its error
    return () => release(video);
  }, []);
  return html`<video ref=${box} src=${url} playsinline onLoadedMetadata=${(event) => lasts(event.target.duration)} onEnded=${ends} onError=${fails}></video>`;
}

const Picture = ({ url, fails }) => html`<img src=${url} alt="" onError=${fails} />`;

export function Medium({ medium }) {
  if (!medium) return null;
  const Kind = medium.kind === "video" ? Video : Picture;
  return html`<aside class="medium" aria-hidden="true" data-medium=${medium.name}><${Kind} key=${medium.turn} ...${medium} /></aside>`;
}
