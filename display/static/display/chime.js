// Owns the sound of a call: two soft bell tones made by WebAudio, and whether the browser lets us be heard.
const TONES = [
  { at: 0, pitch: 659.25 },
  { at: 0.38, pitch: 523.25 },
];
const LENGTH = 1.6;

let audio = null;

/** Prepare the sound; `heard(yes)` is told whether it can be heard, now and on every change. */
export function prepare(heard) {
  audio = new AudioContext();
  const tell = () => heard(audio.state === "running");
  audio.addEventListener("statechange", tell);
  for (const gesture of ["pointerdown", "keydown"]) addEventListener(gesture, () => audio.resume());
  tell();
}

/** A bell is its tone and a little of the octave above, struck fast and fading slowly. */
function strike({ at, pitch }) {
  const start = audio.currentTime + at;
  for (const [factor, loudness] of [[1, 0.22], [2, 0.05]]) {
    const tone = audio.createOscillator();
    const level = audio.createGain();
    tone.frequency.value = pitch * factor;
    level.gain.setValueAtTime(0, start);
    level.gain.linearRampToValueAtTime(loudness, start + 0.015);
    level.gain.exponentialRampToValueAtTime(0.0005, start + LENGTH);
    tone.connect(level).connect(audio.destination);
    tone.start(start);
    tone.stop(start + LENGTH);
  }
}

/** Sound the chime once. Silent while the browser waits for a touch: a late chime would belong to no call. */
export function chime() {
  if (audio?.state === "running") TONES.forEach(strike);
}
