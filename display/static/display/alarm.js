// Owns how a phone makes itself heard when its number is called: sound, vibration, flashing title.
const TONES = [[880, 0], [1175, 0.22], [1568, 0.44]]; // Hz, seconds
const TIMES = 3;

export class Alarm {
  #audio = null;
  #told = null;
  #flashing = null;
  #waiting = new Set();
  #title = document.title;

  constructor() {
    addEventListener("pointerdown", () => this.unlock(), { once: true }); // any touch is the one the browser asks for
  }

  get ready() {
    return this.#audio?.state === "running";
  }

  whenReady(tell) {
    this.#waiting.add(tell);
    return () => this.#waiting.delete(tell);
  }

  async unlock() {
    const Audio = window.AudioContext ?? window.webkitAudioContext;
    if (!Audio) return;
    this.#audio ??= new Audio();
    await this.#audio.resume();
    if (this.ready) this.#waiting.forEach((tell) => tell());
  }

  /** Each call is told once, a repeated call again; anything else ends the alarm. */
  tell(ticket, words) {
    if (ticket.state !== "called") return this.#quiet();
    if (this.#told === ticket.called_at) return undefined;
    this.#told = ticket.called_at;
    navigator.vibrate?.([400, 200, 400, 200, 800]);
    if (this.ready) this.#ring();
    return this.#flash(`${words} · ${ticket.number}`);
  }

  #ring() {
    for (let round = 0; round < TIMES; round += 1) for (const [pitch, at] of TONES) this.#tone(pitch, this.#audio.currentTime + at + round * 1.2);
  }

  #tone(pitch, at) {
    const wave = new OscillatorNode(this.#audio, { frequency: pitch });
    const loud = new GainNode(this.#audio, { gain: 0 });
    loud.gain.setValueAtTime(0.4, at);
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
