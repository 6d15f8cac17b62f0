// Owns the kiosk's page: which scene is shown, what a touch asks of the server, and the way home.
import { requestKey } from "/static/lobby/api.js";
import { follow } from "/static/lobby/live.js";
import { html, icon, Offline, render, useEffect, useRef, useState } from "/static/lobby/page.js";
import { lang, setLang, t } from "/static/lobby/texts.js";
import { Choice, Stopped, Trouble } from "./choice.js";
import { Footer } from "./footer.js";
import { Group, Home } from "./home.js";
import { Idle } from "./idle.js";
import { Keypad } from "./keypad.js";
import { clearModes, modeNames, toggleMode } from "./modes.js";
import { Both } from "./parts.js";
import { isStopped, patient } from "./requests.js";
import { listenKeys } from "./scanner.js";
import { HelpSheet, ModesSheet } from "./sheets.js";
import { fitStage, keepStill, shapeNow } from "./stage.js";
import { Ticket } from "./ticket.js";

const HOME = { name: "home" };
const FIRST_LANGUAGE = "zh";
const AGAIN_MS = 1_000;
const KIOSK = document.body.dataset.kiosk;

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
  const welcome = (person, who) => (person.ticket ? showTicket(person.ticket, true) : go({ name: "choice", person, who }));

  /** The same request again is the same request: its key makes a repeat harmless. */
  function trying(path, body, then) {
    const again = () => ask(path, body).then((answer) => answer && then(answer), (problem) => go({ name: "trouble", problem, again: problem.status === 0 || isStopped(problem) ? again : null }));
    return again();
  }
  const checkIn = (who) => trying("/api/v1/check-ins", { request_key: requestKey(), language: lang(), ...who }, showTicket);

  return {
    pick: (service, who = {}) => trying("/api/v1/tickets", { request_key: requestKey(), service, language: lang(), ...who }, showTicket),
    checkIn,
    checkInTyped: async (who) => showTicket(await ask("/api/v1/check-ins", { request_key: requestKey(), language: lang(), ...who })),
    async identify(who) {
      const person = await ask("/api/v1/identify", who);
      if (person) welcome(person, who);
    },
    scan: (code) => trying("/api/v1/identify", { code }, (found) => {
      if (found.kind === "appointment") return checkIn({ code: found.code });
      return found.kind === "ticket" ? showTicket(found.ticket, true) : welcome(found, { member_no: found.member_no });
    }),
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

/** What became of this kiosk's call for a person: "none", "called" or "coming". */
function helpState(view) {
  const called = view.help.find(({ kiosk }) => kiosk === KIOSK);
  if (!called) return "none";
  return called.coming ? "coming" : "called";
}

/** What is wrong with this kiosk's printer: {error, elsewhere}; undefined while it prints. */
const paperTrouble = (view) => view.paper.find(({ kiosk }) => kiosk === KIOSK);

/** A call for a person, with its own request beside the customer's: `failed` says that it did not get through. */
function useHelp() {
  const [state, setState] = useState(null);
  function call() {
    setState("asking");
    patient("/api/v1/help-calls", {}, () => {}).then(() => setState("called"), () => setState("failed"));
  }
  return { state, call };
}

function Scene({ scene, board, busy, keys, does, go, home, back, onLang, idle }) {
  const { view, now } = board;
  const { idle_s, appointment_grace_s: grace_s } = view.store;
  const ways = { onHome: home, onBack: back };
  const pad = { busy, idle_s, grace_s, keys, onScan: does.scan, ...ways };
  const open = (group) => go({ ...scene, name: scene.name === "home" ? "group" : scene.name, group });
  switch (scene.name) {
    case "vip":
      return html`<${Keypad} key="vip" kind="vip" onSend=${does.identify} ...${pad} />`;
    case "check-in":
      return html`<${Keypad} key="check-in" kind="check-in" onSend=${does.checkInTyped} ...${pad} />`;
    case "group":
      return html`<${Group} view=${view} group=${scene.group} busy=${busy} onPick=${does.pick} ...${ways} />`;
    case "choice":
      return html`<${Choice} view=${view} person=${scene.person} group=${scene.group} busy=${busy} onPick=${(service) => does.pick(service, scene.who)}
        onOpen=${open} onCheckIn=${does.checkIn} ...${ways} />`;
    case "ticket":
      return html`<${Ticket} key=${scene.ticket.token} view=${view} now=${now} first=${scene.ticket} held=${scene.held} trouble=${paperTrouble(view)} onHome=${home} />`;
    case "trouble":
      return html`<${Trouble} problem=${scene.problem} busy=${busy} idle_s=${idle_s} onAgain=${scene.again} ...${ways} />`;
    default:
      if (view.trouble) return html`<${Stopped} view=${view} now=${now} idle=${idle} onLang=${onLang} />`;
      return html`<${Home} view=${view} now=${now} busy=${busy} idle=${idle} onLang=${onLang} onPick=${does.pick} onOpen=${open}
        onCheckIn=${() => go({ name: "check-in" })} onVip=${() => go({ name: "vip" })} />`;
  }
}

/** A new scene begins with its heading, or its field: for who reads by ear or walks by keyboard. */
function useFocus(scene) {
  const isFirst = useRef(true);
  useEffect(() => {
    if (!isFirst.current) document.querySelector("[data-focus], main h1:not(.type h1)")?.focus({ preventScroll: true });
    isFirst.current = false;
  }, [scene.name, scene.group]);
  useEffect(() => {
    const said = document.querySelectorAll("main h1:not(:has(b)), main h1 :is(b, strong)");
    if (said.length) document.title = [...said].map((part) => part.textContent).join(" ");
  });
}

function App() {
  const board = useBoard();
  const [scene, show] = useState(HOME);
  const [, redraw] = useState(0);
  const [sheet, setSheet] = useState(null);
  const [said, say] = useState("");
  const [busy, ask] = useAsk();
  const help = useHelp();
  const keys = useRef({});
  const again = () => redraw((n) => n + 1);

  function go(next) {
    say("");
    setSheet(null);
    show(next);
  }
  const does = actions(ask, go);

  function onLang(code) {
    setLang(code);
    again();
  }
  const back = () => go(scene.name === "choice" && scene.group ? { ...scene, group: null } : HOME); // the same customer goes on, in their language
  function home() {
    setLang(FIRST_LANGUAGE);
    clearModes();
    go(HOME);
    say(t("Back at the start. What was entered has been cleared."));
  }
  function toggle(mode) {
    toggleMode(mode);
    again();
  }
  function callHelp() {
    help.call();
    setSheet("help");
  }

  if (scene.name !== "vip" && scene.name !== "check-in") keys.current = { scan: busy ? null : does.scan, leave: scene.name === "home" ? null : back };
  useEffect(() => listenKeys(() => keys.current), []);
  useEffect(() => fitStage(again), []);
  useFocus(scene);
  const { view } = board;
  const works = board.up && !view?.trouble;
  useEffect(() => {
    if (!works || scene.name !== "trouble" || !scene.again) return undefined;
    const timer = setTimeout(scene.again, AGAIN_MS); // the line is back, or the disk: what was touched is not lost
    return () => clearTimeout(timer);
  }, [works, scene]);

  const isHome = scene.name === "home";
  const strayed = isHome && view && (lang() !== FIRST_LANGUAGE || modeNames() !== "" || sheet); // somebody was here and is gone: back by itself
  const idle = strayed ? html`<${Idle} seconds=${view.store.idle_s} onEnd=${home} quiet=${true} />` : null;
  const state = view ? helpState(view) : "none";
  return html`<div class="stage ${shapeNow()} ${modeNames()} ${board.up ? "" : "down"}" data-scene=${scene.name}><${Offline} up=${board.up} />
    ${view ? html`<${Scene} ...${{ scene, board, busy: busy !== null, keys, does, go, home, back, onLang, idle }} />
      <${Footer} calls=${view.calls} help=${state} note=${isHome && !view.store.open ? "Numbers are given out during opening hours. Thank you!" : null}
        trouble=${isHome ? paperTrouble(view) : undefined} onLang=${isHome ? onLang : null} onBack=${isHome || scene.name === "ticket" ? null : back} onModes=${() => setSheet("modes")} onHelp=${callHelp} />` : html`<${Connecting} />`}
    ${sheet === "modes" && html`<${ModesSheet} onToggle=${toggle} onClose=${() => setSheet(null)} />`}
    ${sheet === "help" && html`<${HelpSheet} state=${help.state === "called" && state !== "none" ? state : help.state} onClose=${() => setSheet(null)} />`}
    ${busy && html`<${Waiting} busy=${busy} />`}
    <p class="sr" role="status" data-said>${said}</p></div>`;
}

keepStill();
render(html`<${App} />`, document.getElementById("app"));
