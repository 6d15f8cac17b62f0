// Owns the sheet the kiosk is drawn on: 1080×1920 on an upright screen, 768 high on a lying one, fitted and kept still.
const TALL = { width: 1080, height: 1920 };
const WIDE = { height: 768, least: 1024, most: 1600 };

let shape = "tall";

/** "tall" on an upright screen, "wide" on a lying one. */
export const shapeNow = () => shape;

function sheet() {
  if (innerHeight >= innerWidth) return { ...TALL, zoom: Math.min(innerWidth / TALL.width, innerHeight / TALL.height) };
  const zoom = Math.min(innerHeight / WIDE.height, innerWidth / WIDE.least);
  return { width: Math.min(innerWidth / zoom, WIDE.most), height: WIDE.height, zoom };
}

/** Fit the sheet to the screen, now and whenever it changes; `onShape` when it is turned. */
export function fitStage(onShape) {
  const fit = () => {
    const { width, height, zoom } = sheet();
    const { style } = document.documentElement;
    style.setProperty("--zoom", zoom);
    style.setProperty("--sheet-width", `${Math.floor(width)}px`);
    style.setProperty("--sheet-height", `${height}px`);
    shape = height === WIDE.height ? "wide" : "tall";
    onShape();
  };
  fit();
  addEventListener("resize", fit);
}

/** No menu under a long touch, no dragged pictures, no pinching. */
export function keepStill() {
  for (const kind of ["contextmenu", "dragstart", "gesturestart", "selectstart"]) addEventListener(kind, (event) => event.preventDefault());
  const several = (event) => event.touches.length > 1 && event.preventDefault();
  addEventListener("touchmove", several, { passive: false });
  addEventListener("wheel", (event) => event.ctrlKey && event.preventDefault(), { passive: false });
}
