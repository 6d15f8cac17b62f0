// Owns how a phone makes itself heard when its number is called or nearly so: sound, vibration, flashing title.
const TONES = [[880, 0], [1175, 0.22], [1568, 0.44]]; // Hz, seconds
const SOFT = [[660, 0], [880, 0.25]];
const TIMES = 3;

/** Browsers let a page vibrate only after a touch, and complain of one that tries before. */
const shake = (pattern) => navigator.userActivation?.hasBeenActive !== false && navigator.vibrate?.(pattern);

export class Alarm {
  #audio = null;
  #told = null;
  #isClose = false;
  #flashing = null;
  #waiting = new Set();
  #title = document.title;

  constructor() {
    addEventListener("pointerdown", () => this.unlock()); // any touch is the one the browser asks for, also after a sleep
  }

  /** Whether this browser could make a sound at all. */
  get possible() {
    return Boolean(window.AudioContext ?? window.webkitAudioContext);
  }

  get ready() {
    return this.#audio?.state === "running";
  }

  /** `tell(ready)` whenever it changes whether a call can be heard. */
  whenReady(tell) {
    this.#waiting.add(tell);
    return () => this.#waiting.delete(tell);
  }

  unlock() {
    const Audio = window.AudioContext ?? window.webkitAudioContext;
    if (!Audio || this.ready) return;
    if (!this.#audio) {
      this.#audio = new Audio();
      this.#audio.addEventListener("statechange", () => this.#waiting.forEach((tell) => tell(this.ready)));
    }
    this.#audio.resume();
  }

  /** A soft sign once the turn is near; again if the place moved away and came near again. */
  near(isClose) {
    if (isClose && !this.#isClose) {
      shake([200, 120, 200]);
      if (this.ready) SOFT.forEach(([pitch, at]) => this.#tone(pitch, this.#audio.currentTime + at, 0.2));
    }
    this.#isClose = isClose;
  }

  /** Each call is told once, a repeated call again; anything else ends the alarm. */
  tell(ticket, words) {
    if (ticket.state !== "called") return this.#quiet();
    if (this.#told === ticket.called_at) return undefined;
    this.#told = ticket.called_at;
    shake([400, 200, 400, 200, 800]);
    if (this.ready) this.#ring();
    return this.#flash(`${words} · ${ticket.number}`);
  }

  #ring() {
    for (let round = 0; round < TIMES; round += 1) for (const [pitch, at] of TONES) this.#tone(pitch, this.#audio.currentTime + at + round * 1.2);
  }

  #tone(pitch, at, volume = 0.4) {
    const wave = new OscillatorNode(this.#audio, { frequency: pitch });
    const loud = new GainNode(this.#audio, { gain: 0 });
    loud.gain.setValueAtTime(volume, at);
    loud.gain.exponentialRampToValueAtTime(0.001, at + 0.5);
    wave.connect(loud).connect(this.#audio.destination);
    wave.start(at);
    wave.stop(at + 0.5);
  }

  #flash(words) {
    clearInterval(this.#flashing);
    document.title = words;
    this.#flashing = setInterval(() => {
      document.title = document.title === words ? this.#title : words;
    }, 1000);
  }

  #quiet() {
    clearInterval(this.#flashing);
    document.title = this.#title;
  }
}
