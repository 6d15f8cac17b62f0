// Owns the sound of a call: two soft bell tones made by WebAudio, and whether the browser lets us be heard.
const TONES = [
  { at: 0, pitch: 659.25 },
  { at: 0.38, pitch: 523.25 },
];
const LENGTH = 1.6;

let audio = null;

/** Prepare the sound; `heard(yes)` is told whether it can be heard, now and on every change. Returns the AudioContext. */
export function prepare(heard) {
  audio = new AudioContext();
  const tell = () => heard(audio.state === "running");
  audio.addEventListener("statechange", tell);
  for (const gesture of ["pointerdown", "keydown"]) addEventListener(gesture, () => audio.resume());
  tell();
  return audio;
}

/** A bell is its tone and a little of the octave above, struck fast and fading slowly. */
function strike({ at, pitch }, volume) {
  const start = audio.currentTime + at;
  for (const [factor, loudness] of [[1, 0.22], [2, 0.05]]) {
    const tone = audio.createOscillator();
    const level = audio.createGain();
    tone.frequency.value = pitch * factor;
    level.gain.setValueAtTime(0, start);
    level.gain.linearRampToValueAtTime(loudness * volume, start + 0.015);
    level.gain.exponentialRampToValueAtTime(0.0005, start + LENGTH);
    tone.connect(level).connect(audio.destination);
    tone.start(start);
    tone.stop(start + LENGTH);
  }
}

/** Sound the chime once, at a volume from above 0 to 1. Returns its length in seconds. */
export function chime(volume = 1) {
  for (const tone of TONES) strike(tone, volume);
  return TONES.at(-1).at + LENGTH;
}
