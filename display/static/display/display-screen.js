// Owns what stands on a lobby display for weeks: a picture moved by a few pixels, and the store's colours.
const DRIFT_MS = 180_000;
const PATH = [[0, 0], [3, 0], [5, 2], [5, 5], [2, 5], [-2, 4], [-5, 2], [-5, -2], [-2, -5], [2, -4], [4, -2]];

/** Move the picture a little every few minutes, so that no edge burns into the panel. */
export function drift(picture) {
  let step = 0;
  setInterval(() => {
    step = (step + 1) % PATH.length;
    const [x, y] = PATH[step];
    picture.style.translate = `${x}px ${y}px`;
  }, DRIFT_MS);
}

let worn = [];

/** Put the store's own colours in place of the usual: {variable of the style sheets: colour}. */
export function wear(colours) {
  const { style } = document.documentElement;
  for (const name of worn) if (!(name in colours)) style.removeProperty(name);
  for (const [name, colour] of Object.entries(colours)) style.setProperty(name, colour);
  worn = Object.keys(colours);
}
