// Owns the live connection of a screen: snapshots by version, calls without gaps, the server's clock.
import { io } from "/static/vendor/socket.io.js";

const ANSWER_MS = 4000; // a line that says nothing for so long after a question is dead
const SILENCE_MS = 17_000; // screens are told how things stand every 15 s at the latest
const LOOK_MS = 1000;

/**
 * Follow a screen.
 * @param {{screen: string}} what   what to watch: {screen: "display" | "kiosk" | "floor"}, {screen: "counter", counter: 3}, {screen: "ticket", token}
 * @param {{snapshot?: Function, called?: Function, connection?: Function}} on
 *   snapshot(data) for each newer state; called(call) once for each call, in order, also those missed while away;
 *   connection(up, lastNews) when the line drops, cannot be had, or comes back (lastNews: Date of the last news).
 * @returns {{now: () => number, resync: () => void, reconnect: () => void}}   now(): the server's time in ms since the epoch;
 *   resync(): after a sleep, ask for the present state, over a new line if the old one turns out to be dead; a screen does
 *     so by itself when no news have come for too long, as a line may fall silent without being closed;
 *   reconnect(): give the line up, as the machine says it is dead, and try for a new one
 */
export function follow(what, on) {
  const socket = io({ transports: ["websocket", "polling"], tryAllTransports: true, timeout: 8000, reconnectionDelay: 500, reconnectionDelayMax: 3000, randomizationFactor: 0.3 });
  let version = -1;
  let lastCall = null;
  let clock = { server: Date.now(), local: performance.now(), speed: 1 };
  let lastNews = new Date();
  let build = null;

  const watch = () => socket.emit("watch", what);
  const tell = (call) => {
    if (lastCall !== null && call.version <= lastCall) return;
    lastCall = call.version;
    on.called?.(call);
  };

  socket.on("connect", () => {
    version = -1; // a restored backup may start lower; the first snapshot of a connection always counts
    watch();
    on.connection?.(true, lastNews);
  });
  socket.on("disconnect", (reason) => {
    on.connection?.(false, lastNews);
    if (reason === "io server disconnect") setTimeout(() => socket.connect(), 2000);
  });
  socket.on("connect_error", () => on.connection?.(false, lastNews));
  socket.on("snapshot", (data) => {
    if (data.version < version) return;
    version = data.version;
    lastNews = new Date();
    clock = { server: Date.parse(data.now), local: performance.now(), speed: data.speed };
    if (build !== null && build !== data.build) location.reload(); // the server was updated: take the new screen
    build = data.build;
    const calls = [...(data.calls ?? [])].reverse();
    if (lastCall === null || (calls.length && calls.at(-1).version < lastCall)) lastCall = calls.at(-1)?.version ?? 0;
    calls.forEach(tell);
    on.snapshot?.(data);
  });
  socket.on("called", (call) => {
    lastNews = new Date();
    if (lastCall === null || call.previous > lastCall) watch(); // a gap: the whole snapshot brings what was missed
    else tell(call);
  });
  socket.on("refused", ({ code }) => code === "device_revoked" && location.reload()); // the page itself says what to do
  const reconnect = () => socket.disconnect().connect();
  let asked = null; // what the newest news were when it was last asked whether the line is alive
  const resync = () => {
    if (!socket.connected) return socket.connect();
    const before = (asked = lastNews);
    watch();
    return setTimeout(() => before === lastNews && socket.connected && reconnect(), ANSWER_MS);
  };
  const listen = () => socket.connected && asked !== lastNews && Date.now() - lastNews > SILENCE_MS && resync();
  if (what.screen !== "ticket") setInterval(listen, LOOK_MS); // a phone is told only what is new to it
  return { resync, reconnect, now: () => clock.server + (performance.now() - clock.local) * clock.speed };
}
