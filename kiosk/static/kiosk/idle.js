// Owns the way home by itself: seconds that run down, a warning with time enough to stay, and what is read aloud of it.
import { html, icon, useEffect, useRef, useState } from "/static/lobby/page.js";
import { t } from "/static/lobby/texts.js";
import { Both } from "./parts.js";

const WARNED_S = 20; // what a slow reader needs to answer

/** Seconds that run down and start again with every touch; `onEnd` once they are gone. */
function useCountdown(seconds, onEnd) {
  const [left, setLeft] = useState(seconds);
  const end = useRef(onEnd);
  end.current = onEnd;
  useEffect(() => {
    let until = 0;
    const restart = () => {
      until = performance.now() + seconds * 1000;
      setLeft(seconds);
    };
    const timer = setInterval(() => {
      const rest = (until - performance.now()) / 1000;
      if (rest > 0) return setLeft(rest);
      clearInterval(timer);
      end.current();
    }, 250);
    restart();
    addEventListener("pointerdown", restart);
    addEventListener("keydown", restart);
    return () => {
      clearInterval(timer);
      removeEventListener("pointerdown", restart);
      removeEventListener("keydown", restart);
    };
  }, [seconds]);
  return left;
}

const Circle = ({ left, seconds }) => html`<span class="ring" aria-hidden="true" style=${{ "--left": left / seconds }}><b>${Math.ceil(left)}</b></span>`;

/** A ring that empties, with the seconds in it. */
export function Ring({ seconds, onEnd }) {
  return html`<${Circle} left=${useCountdown(seconds, onEnd)} seconds=${seconds} />`;
}

/** When the kiosk goes home by itself; near the end it asks, in sight and aloud. `quiet`: in sight only then. */
export function Idle({ seconds, onEnd, quiet = false }) {
  const left = useCountdown(seconds, onEnd);
  const isWarned = left <= Math.min(WARNED_S, seconds / 2);
  const words = isWarned ? t("The kiosk returns to the start in {n} seconds. Touch the screen or press a key to stay.", { n: Math.min(WARNED_S, Math.round(seconds / 2)) }) : "";
  return html`<p class="sr" role="status" data-warning>${words}</p><div class="idle ${isWarned ? "warned" : ""} ${quiet ? "quiet" : ""}" hidden=${quiet && !isWarned}>
    ${isWarned ? icon("hand") : null}<p class="two" aria-hidden="true"><${Both} text=${isWarned ? "Still there? Touch the screen to stay" : "Returns to start by itself"} /></p>
    <${Circle} left=${left} seconds=${seconds} />
  </div>`;
}
