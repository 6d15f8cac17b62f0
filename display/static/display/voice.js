// Owns what a lobby display lets people hear: for each call the chime, then its words; one after another, in call order.
import { chime, prepare as prepareChime } from "./chime.js";

const PATIENCE_MS = 4000; // so long the words are awaited; the server itself gives up after three seconds
const WORDS_AFTER = 1.25; // seconds: the bell may fade under the first word
const PAUSE_MS = 250;

const device = document.body.dataset.device;
let audio = null;
let board = null;
let line = [];
let isBusy = false;

/** Prepare the sound; `heard(yes)` is told whether the browser lets it be heard, now and on every change. */
export function prepare(heard) {
  audio = prepareChime(heard);
}

/** Take the newest snapshot: volume, what this display lets people hear, which calls are over. */
export function listen(data) {
  board = data;
}

/** A display that is not connected to the store sounds the chime, as nobody has chosen it for the voice. */
const sound = () => (device ? board?.voice.displays[device] : null) ?? "chime";
const volume = () => (board?.voice.volume ?? 100) / 100;

/** Whether this display is to let calls be heard now. */
export const isAudible = () => sound() !== "off" && volume() > 0;

const isOver = (call) => board?.calls.some((one) => one.version === call.version && one.over) ?? false;

/** Sound a call after those before it. A late sound would belong to no call: while the browser forbids it there is none. */
export function announce(call) {
  if (audio?.state !== "running" || !isAudible()) return;
  const words = sound() === "voice" && call.audio_url ? fetchWords(call.audio_url) : Promise.resolve(null);
  line = [...line.filter((one) => one.call.number !== call.number), { call, words }];
  if (!isBusy) soundAll();
}

async function soundAll() {
  isBusy = true;
  while (line.length) {
    const { call, words } = line.shift();
    if (!isOver(call) && isAudible()) await soundOne(call, words);
  }
  isBusy = false;
}

async function soundOne(call, words) {
  const rings = performance.now() + chime(volume()) * 1000;
  const [spoken] = await Promise.all([words, sleep(WORDS_AFTER * 1000)]);
  if (spoken && !isOver(call) && isAudible()) await speak(spoken);
  await sleep(Math.max(0, rings - performance.now()) + PAUSE_MS);
}

/** The words of a call as sound, null where there are none in time. */
async function fetchWords(url) {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(PATIENCE_MS) });
    return answer.ok ? await audio.decodeAudioData(await answer.arrayBuffer()) : null;
  } catch {
    return null;
  }
}

/** Resolves when the words have ended, also if the browser stops the sound in the middle. */
function speak(spoken) {
  const source = audio.createBufferSource();
  const level = audio.createGain();
  source.buffer = spoken;
  level.gain.value = volume();
  source.connect(level).connect(audio.destination);
  source.start();
  return sleep(spoken.duration * 1000);
}

const sleep = (ms) => new Promise((done) => setTimeout(done, ms));
