// Owns the three modes of the accessible kiosk: which are on, until the next customer.
export const MODES = {
  large: { sign: "letters", text: "Large type" },
  contrast: { sign: "contrast", text: "High contrast" },
  reach: { sign: "reach", text: "Low reach" },
};

let on = [];

export const isOn = (mode) => on.includes(mode);

/** All modes that are on, as class names. */
export const modeNames = () => on.join(" ");

export function toggleMode(mode) {
  on = isOn(mode) ? on.filter((other) => other !== mode) : [...on, mode];
}

export function clearModes() {
  on = [];
}
