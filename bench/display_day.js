// Owns a day before the display in seconds: a clock and a line of the page's own, which `hour` moves and feeds.
// Injected before the page's scripts. Everything else, from parsing a message to painting it, is the display itself.
(() => {
  const real = { setTimeout: window.setTimeout.bind(window), now: performance.now.bind(performance) };
  const timers = new Map();
  let moment = real.now();
  let last = 0;

  const add = (work, ms, every) => {
    timers.set(++last, { work, at: moment + Math.max(0, ms || 0), every });
    return last;
  };
  window.setTimeout = (work, ms, ...values) => add(() => work(...values), ms, null);
  window.setInterval = (work, ms, ...values) => add(() => work(...values), ms, Math.max(1, ms));
  window.clearTimeout = window.clearInterval = (id) => timers.delete(id);
  performance.now = () => moment;

  const frame = () => new Promise((resolve) => requestAnimationFrame(() => real.setTimeout(resolve, 0)));

  /** Let `ms` pass: what is due comes in order. `whole`: intervals come every time, else once. */
  async function pass(ms, whole) {
    const end = moment + ms;
    for (;;) {
      let first = null;
      for (const [id, timer] of timers) if (timer.at <= end && (!first || timer.at < first[1].at)) first = [id, timer];
      if (!first) break;
      const [id, timer] = first;
      moment = Math.max(moment, timer.at);
      if (timer.every === null) timers.delete(id);
      else timer.at = whole ? moment + timer.every : end + timer.every;
      timer.work();
      await Promise.resolve();
    }
    moment = end;
  }

  let line = null;
  /** Socket.IO's other end: opens, and answers "watch" with a snapshot. */
  class Line extends EventTarget {
    constructor() {
      super();
      this.readyState = 0;
      line = this;
      queueMicrotask(() => {
        this.readyState = 1;
        this.onopen?.();
        this.hear('0{"sid":"a","upgrades":[],"pingInterval":200000000,"pingTimeout":200000000,"maxPayload":1000000}');
      });
    }
    hear(data) {
      this.onmessage?.({ data });
    }
    send(text) {
      if (text === "40") queueMicrotask(() => this.hear('40{"sid":"b"}'));
      else if (String(text).startsWith('42["watch"')) queueMicrotask(() => say("snapshot", board()));
    }
    close() {
      this.readyState = 3;
      this.onclose?.({});
    }
  }
  Object.assign(Line, { CONNECTING: 0, OPEN: 1, CLOSING: 2, CLOSED: 3 });
  window.WebSocket = Line;
  const say = (name, data) => line.hear(`42${JSON.stringify([name, data])}`);

  const state = { version: 1, calls: [], serving: new Map(), issued: 0, previous: 0 };
  const stamp = () => new Date(Date.UTC(2026, 10, 21) + moment).toISOString().replace("Z", "+00:00");
  /** The board of a lobby in which people come and go; `sample` is the real server's. */
  const board = () => ({
    ...window.sample,
    version: state.version,
    now: stamp(),
    queues: window.sample.queues.map((queue, at) => ({ ...queue, waiting: (state.issued + at * 3) % 9 })),
    serving: [...state.serving.values()],
    calls: state.calls.map((call) => ({ ...call, over: state.serving.get(call.counter)?.number !== call.number })),
  });

  function call(recall) {
    const queue = window.sample.queues[state.issued % window.sample.queues.length];
    const counter = (state.issued % 6) + 1;
    if (!recall) state.issued += 1;
    const number = `${queue.letter}${String(state.issued % 1000).padStart(3, "0")}`;
    state.version += 1;
    const said = { version: state.version, number, counter, class: queue.class, queue: queue.code, at: stamp(), recall };
    state.serving.set(counter, { counter, number, queue: queue.code, class: queue.class, state: "called" });
    state.calls = [said, ...state.calls].slice(0, 10);
    say("called", { ...said, previous: state.previous, audio_url: null });
    state.previous = state.version;
  }

  window.settle = () => pass(1000, false);

  /**
   * An hour of a busy lobby in so many steps: two calls in each, now and then a recall or a line that drops, and their
   * snapshots; a picture is painted every `between` steps. */
  window.hour = async (steps, whole, between) => {
    for (let step = 0; step < steps; step += 1) {
      for (let part = 0; part < 4; part += 1) {
        if (part % 2 === 0) call(false);
        if (step % 7 === 0 && part === 1) call(true);
        state.version += 1;
        say("snapshot", board());
        await pass(3_600_000 / steps / 4, whole);
      }
      if (step === 10) line.close();
      if (step % between === 0) await frame();
    }
  };
})();
