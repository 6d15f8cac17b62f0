// Owns the sheet of 1080×1920 the kiosk is drawn on: fitted to the screen, and still under all fingers.
const WIDTH = 1080;
const HEIGHT = 1920;

/** Other screens show the same sheet, larger or smaller. */
export function fitStage() {
  const fit = () => document.documentElement.style.setProperty("--zoom", Math.min(innerWidth / WIDTH, innerHeight / HEIGHT));
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
