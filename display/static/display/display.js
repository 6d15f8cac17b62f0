// Owns the lobby display: follows the lobby, gives each call its time in the big place, has it sounded.
import { follow } from "/static/lobby/live.js";
import { html, icon, render } from "/static/lobby/page.js";
import { other, setLang, t } from "/static/lobby/texts.js";
import { add, advance, begin, settle, wait } from "./display-calls.js";
import { Header, Queues } from "./display-lobby.js";
import { Idle, Now, Recent } from "./display-now.js";
import { Notices } from "./display-notices.js";
import { announce, isAudible, listen, prepare } from "./voice.js";

setLang("zh"); // the lobby reads Chinese first, English below: the display has no language of its own

const root = document.getElementById("app");
const screen = { data: null, calls: begin([]), lost: null, heard: true };
let timer = null;

const Connecting = () => html`<main class="connecting">${icon("offline")}<h1>${t("Connecting…")} <span lang="en">${other("Connecting…")}</span></h1></main>`;

/** After hours the panel says so, unless somebody is still being called or served. */
const resting = ({ data, calls }) => !calls.shown || (!data.store.open && !data.serving.length && !calls.waiting.length);

function Screen({ data, calls, lost, heard }) {
  if (!data) return html`<${Connecting} />`;
  const { store } = data;
  return html`<${Header} store=${store} now=${live.now} lost=${lost} heard=${heard || !isAudible()} />
    ${resting({ data, calls }) ? html`<${Idle} store=${store} />` : html`<${Now} call=${calls.shown} />`}
    <${Recent} calls=${calls.recent} />
    <${Queues} queues=${data.queues} />
    <${Notices} notices=${store.notices} />`;
}

const draw = () => render(html`<${Screen} ...${screen} />`, root);
const hold = () => (screen.data?.store.hold_s ?? 6) * 1000;

/** Whether a call is over, as the last snapshot knows it; one it does not know yet is fresh. */
function isOver(call) {
  const calls = screen.data?.calls ?? [];
  const known = calls.find(({ version }) => version === call.version);
  return known ? known.over : calls.length > 0 && call.version < calls.at(-1).version;
}

/** Let the next call into the big place when its turn has come, and look again when the next one's turn comes. */
function step() {
  clearTimeout(timer);
  const before = settle(screen.calls, isOver, performance.now(), hold());
  screen.calls = advance(before, performance.now(), hold());
  if (screen.calls !== before) announce(screen.calls.shown);
  const { shown, since } = screen.calls;
  const leaving = shown && isOver(shown) ? Math.max(0, since + hold() - performance.now()) : null;
  const pause = wait(screen.calls, performance.now(), hold()) ?? leaving;
  if (pause !== null) timer = setTimeout(step, pause);
  draw();
}

/** History is shown at once and silently; an empty history is a new day. */
function start(data) {
  const [newest] = data.calls;
  const age = newest ? Date.parse(data.now) - Date.parse(newest.at) : Infinity;
  screen.calls = begin(data.calls, performance.now() - age);
}

const live = follow(
  { screen: "display" },
  {
    snapshot(data) {
      const newDay = !data.calls.length && !screen.calls.waiting.length;
      if (!screen.data || newDay) start(data);
      screen.data = data;
      listen(data);
      step();
    },
    called(call) {
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

prepare((heard) => {
  screen.heard = heard;
  draw();
});
