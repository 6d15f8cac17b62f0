// Owns the lobby display: follows the lobby, gives each call its time in the big place, has it sounded.
import { follow } from "/static/lobby/live.js";
import { html, icon, render } from "/static/lobby/page.js";
import { other, setLang, t } from "/static/lobby/texts.js";
import { add, advance, begin, goOn, settle, wait } from "./display-calls.js";
import { Counters } from "./display-counters.js";
import { Header, Queues } from "./display-lobby.js";
import { Medium, rotate } from "./display-media.js";
import { Notices } from "./display-notices.js";
import { Idle, Now, Recent } from "./display-now.js";
import { concerns, scopeOf, within } from "./display-scope.js";
import { drift, wear } from "./display-screen.js";
import { Sign } from "./display-sign.js";
import { Second } from "./display-words.js";
import { announce, isAudible, listen, prepare } from "./voice.js";

const asked = new URLSearchParams(location.search);
const device = Number(document.body.dataset.device || NaN);
const SEEN = "lobbyline.seen"; // the call last shown, for whoever reloads amid a burst of them

setLang(asked.get("lang") === "en" ? "en" : "zh"); // the lobby reads Chinese first unless its address says otherwise

const root = document.getElementById("app");
const screen = { data: null, scope: null, calls: begin([]), medium: null, lost: null, heard: true };
let timer = null;
let isPlaying = false;

const Connecting = () => html`<main class="connecting">${icon("offline")}<h1>${t("Connecting…")} <${Second}>${other("Connecting…")}<//></h1></main>`;

/** After hours the panel says so, unless somebody is still being called or served. */
const resting = ({ data, calls }) => !calls.shown || (!data.store.open && !data.serving.length && !calls.waiting.length);

/** What a counter is called besides its number, and where it is. */
const placeOf = ({ counters }, number) => counters.find((counter) => counter.number === number)?.place;

const Full = (shown) => html`<${Bar} ...${shown} />
  ${resting(shown) ? html`<${Idle} store=${shown.data.store} />` : html`<${Now} call=${shown.calls.shown} place=${placeOf(shown.data, shown.calls.shown.counter)} />`}
  <${Recent} calls=${shown.calls.recent} />
  <${Medium} medium=${shown.medium} />
  <${Queues} queues=${shown.data.queues} />
  <${Notices} notices=${shown.data.store.notices} />`;

const Grid = (shown) => html`<${Bar} ...${shown} />
  <${Counters} board=${shown.data} call=${shown.calls.shown} />
  <${Notices} notices=${shown.data.store.notices} />`;

const One = ({ data, scope, calls, lost }) => html`<${Sign} board=${data} counter=${[...scope.counters][0]} version=${newest(calls)} lost=${lost} />`;

const newest = ({ shown, waiting }) => (waiting.at(-1) ?? shown)?.version;

const Bar = ({ data, lost, heard }) => html`<${Header} store=${data.store} now=${live.now} lost=${lost} heard=${heard || !isAudible()} />`;

const LAYOUTS = { full: Full, counters: Grid, sign: One };

function Screen(shown) {
  if (!shown.data) return html`<${Connecting} />`;
  return html`<${LAYOUTS[shown.scope.layout]} ...${shown} />`;
}

function draw() {
  root.className = screen.scope ? `${screen.scope.layout} ${screen.scope.layout === "full" && screen.medium ? "with-medium" : ""}` : "";
  render(html`<${Screen} ...${screen} />`, root);
}

const hold = () => (screen.data?.store.hold_s ?? 6) * 1000;

/** Whether whoever was called is no longer expected or served there; of a call newer than the last snapshot it is not known. */
function isOver(call) {
  if (!screen.data || call.version > screen.data.version) return false;
  return !screen.data.serving.some(({ number, counter }) => number === call.number && counter === call.counter);
}

/** Let the next call into the big place when its turn has come, and look again when the next one's turn comes. */
function step() {
  clearTimeout(timer);
  const before = settle(screen.calls, isOver, performance.now(), hold());
  screen.calls = advance(before, performance.now(), hold());
  if (screen.calls !== before) {
    sessionStorage.setItem(SEEN, screen.calls.shown.version);
    announce(screen.calls.shown);
  }
  const { shown, since } = screen.calls;
  const leaving = shown && isOver(shown) ? Math.max(0, since + hold() - performance.now()) : null;
  const pause = wait(screen.calls, performance.now(), hold()) ?? leaving;
  if (pause !== null) timer = setTimeout(step, pause);
  draw();
}

/** History is shown at once and silently; an empty history is a new day. After a reload what was not shown yet is called. */
function start(data) {
  const seen = Number(sessionStorage.getItem(SEEN) ?? Infinity);
  const [newest] = data.calls;
  const age = newest ? Date.parse(data.now) - Date.parse(newest.at) : Infinity;
  screen.calls = goOn(data.calls, seen, performance.now() - age);
}

/** Another scope is another display: what it shows is begun anew. */
const isSame = (one, another) => JSON.stringify(plain(one)) === JSON.stringify(plain(another));
const plain = (scope) => scope && [scope.layout, [...(scope.queues ?? "*")], [...(scope.counters ?? "*")]];

/** Pictures and videos run from the first time that they have a place. */
function playMedia() {
  if (isPlaying) return;
  isPlaying = true;
  rotate((medium) => {
    screen.medium = medium;
    draw();
  });
}

const live = follow(
  { screen: "display" },
  {
    snapshot(board) {
      const scope = scopeOf(board, device, asked);
      const data = within(scope, board);
      const newDay = !board.calls.length && !screen.calls.waiting.length;
      const isChanged = screen.scope !== null && !isSame(scope, screen.scope);
      if (isChanged) sessionStorage.removeItem(SEEN);
      if (!screen.data || newDay || isChanged) start(data);
      Object.assign(screen, { data, scope });
      listen(board);
      wear(data.store.theme.colours);
      if (scope.layout === "full") playMedia();
      step();
    },
    called(call) {
      if (!screen.scope || !concerns(screen.scope, call)) return;
      screen.calls = add(screen.calls, call);
      step();
    },
    connection(up, lastNews) {
      const speed = screen.data?.speed ?? 1;
      screen.lost = up ? null : live.now() - (Date.now() - lastNews) * speed;
      draw();
    },
  },
);

drift(root);
addEventListener("resize", draw);
document.addEventListener("visibilitychange", () => document.hidden || live.resync());

prepare((heard) => {
  screen.heard = heard;
  draw();
});
