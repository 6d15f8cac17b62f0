// Owns the kiosk's page: which scene is shown, what a touch asks of the server, and the way home.
import { requestKey } from "/static/lobby/api.js";
import { follow } from "/static/lobby/live.js";
import { html, icon, Offline, render, useEffect, useRef, useState } from "/static/lobby/page.js";
import { lang, setLang, t } from "/static/lobby/texts.js";
import { Choice, Trouble } from "./choice.js";
import { Home } from "./home.js";
import { Keypad } from "./keypad.js";
import { sceneOf } from "./numbers.js";
import { Both, Ring } from "./parts.js";
import { patient } from "./requests.js";
import { listenKeys } from "./scanner.js";
import { fitStage, keepStill } from "./stage.js";
import { Ticket } from "./ticket.js";

const HOME = { name: "home" };
const FIRST_LANGUAGE = "zh";

const Waiting = ({ busy }) => html`<div class="veil" role="status"><div><i class="spin"></i><p class="two">
  <${Both} text=${busy === "trying" ? "No connection. Trying again, please wait" : "One moment please"} /></p></div></div>`;

const Connecting = () => html`<main class="connecting"><span class="mark">${icon("mark")}</span><p class="two"><${Both} text="Connecting…" /></p></main>`;

/** One request at a time: `ask` gives null for a touch that comes while another is on its way. */
function useAsk() {
  const [busy, setBusy] = useState(null);
  const running = useRef(false);
  async function ask(path, body) {
    if (running.current) return null;
    running.current = true;
    setBusy("asking");
    try {
      return await patient(path, body, () => setBusy("trying"));
    } finally {
      running.current = false;
      setBusy(null);
    }
  }
  return [busy, ask];
}

/** Everything a customer can do; `go` changes the scene. */
function actions(ask, go) {
  const showTicket = (ticket, held = false) => ticket && go({ name: "ticket", ticket, held });

  const trying = (request) => ask(request.path, request.body).then(showTicket, (problem) => go({ name: "trouble", problem, request }));

  return {
    again: trying,
    pick: (service, who = {}) => trying({ path: "/api/v1/tickets", body: { request_key: requestKey(), service, language: lang(), ...who } }),
    checkIn: async (who) => showTicket(await ask("/api/v1/check-ins", { request_key: requestKey(), language: lang(), ...who })),
    async identify(who) {
      const person = await ask("/api/v1/identify", who);
      if (person?.ticket) showTicket(person.ticket, true);
      else if (person) go({ name: "choice", person, who });
    },
    scan(code) {
      const name = sceneOf(code);
      go(name ? { name, scan: code } : { name: "trouble", problem: { status: 400, detail: t("We cannot read this code. Please choose a service or ask our staff.") } });
    },
  };
}

/** The board as the server tells it, whether the line is up, and the server's clock. */
function useBoard() {
  const [view, setView] = useState(null);
  const [up, setUp] = useState(true);
  const clock = useRef(Date.now);
  useEffect(() => {
    clock.current = follow({ screen: "kiosk" }, { snapshot: setView, connection: setUp }).now;
  }, []);
  return { view, up, now: () => clock.current() };
}

function Scene({ scene, board, busy, keys, does, go, home, back, onLang }) {
  const { view, now } = board;
  const { idle_s, appointment_grace_s: grace_s } = view.store;
  const pad = { busy, idle_s, grace_s, keys, scan: scene.scan ?? null, onScan: does.scan, onHome: home, onBack: back };
  switch (scene.name) {
    case "vip":
      return html`<${Keypad} key=${`vip${scene.scan}`} kind="vip" onSend=${does.identify} ...${pad} />`;
    case "check-in":
      return html`<${Keypad} key="check-in" kind="check-in" onSend=${does.checkIn} ...${pad} />`;
    case "choice":
      return html`<${Choice} view=${view} person=${scene.person} busy=${busy} onPick=${(service) => does.pick(service, scene.who)} onHome=${home} onBack=${back} />`;
    case "ticket":
      return html`<${Ticket} view=${view} now=${now} first=${scene.ticket} held=${scene.held} onHome=${home} />`;
    case "trouble":
      return html`<${Trouble} problem=${scene.problem} busy=${busy} idle_s=${idle_s}
        onAgain=${scene.problem.status === 0 ? () => does.again(scene.request) : null} onHome=${home} onBack=${back} />`;
    default:
      return html`<${Home} view=${view} now=${now} busy=${busy} onLang=${onLang} onPick=${does.pick}
        onCheckIn=${() => go({ name: "check-in" })} onVip=${() => go({ name: "vip" })} />`;
  }
}

function App() {
  const board = useBoard();
  const [scene, go] = useState(HOME);
  const [language, setLanguage] = useState(lang());
  const [busy, ask] = useAsk();
  const keys = useRef({});
  const does = actions(ask, go);

  function onLang(code) {
    setLang(code);
    setLanguage(code);
  }
  const back = () => go(HOME); // the same customer goes on, in their language
  function home() {
    onLang(FIRST_LANGUAGE);
    go(HOME);
  }
  if (scene.name === "home") keys.current = { scan: board.view?.store.open && !busy ? does.scan : () => {} };
  else if (scene.name !== "vip" && scene.name !== "check-in") keys.current = { leave: home };
  useEffect(() => listenKeys(() => keys.current), []);

  const strayed = scene.name === "home" && language !== FIRST_LANGUAGE && board.view; // left in English: back by itself
  return html`<div class="stage ${board.up ? "" : "down"}"><${Offline} up=${board.up} />
    ${board.view ? html`<${Scene} ...${{ scene, board, busy: busy !== null, keys, does, go, home, back, onLang }} />` : html`<${Connecting} />`}
    ${strayed && html`<span class="unseen" aria-hidden="true"><${Ring} seconds=${board.view.store.idle_s} onEnd=${home} /></span>`}
    ${busy && html`<${Waiting} busy=${busy} />`}</div>`;
}

keepStill();
fitStage();
render(html`<${App} />`, document.getElementById("app"));
