// Owns text that must fit its box: one line, shrunk as far as needed, wrapped when even that is too small to read.
import { html, useEffect, useRef } from "/static/lobby/page.js";
import { otherLang } from "/static/lobby/texts.js";

const LEAST = 0.62;

function fit(box) {
  const least = Number(box.dataset.fit);
  box.classList.remove("wraps");
  box.style.fontSize = "";
  const full = parseFloat(getComputedStyle(box).fontSize);
  for (let size = full; box.scrollWidth > box.clientWidth; size *= 0.96) {
    if (size < full * least) return box.classList.add("wraps");
    box.style.fontSize = `${size}px`;
  }
}

const boxes = new Set();
const fitAll = () => boxes.forEach(fit);
addEventListener("resize", fitAll);
document.fonts.addEventListener("loadingdone", fitAll);

/** A span whose text is shrunk to its box, to `least` of its size; `second`: in the other language. */
export function Fit({ children, least = LEAST, second = false, class: kind = "", ...attributes }) {
  const box = useRef();
  const fitted = useRef();
  useEffect(() => {
    const { current } = box;
    boxes.add(current);
    return () => boxes.delete(current);
  }, []);
  useEffect(() => {
    const { current } = box;
    const now = `${current.textContent} in ${current.clientWidth}`;
    if (now === fitted.current) return; // measuring lays the page out again and again: only for what has changed
    fitted.current = now;
    fit(current);
  });
  return html`<span ...${attributes} class=${second ? `${kind} second` : kind} lang=${second ? otherLang() : undefined} data-fit=${least} ref=${box}>${children}</span>`;
}
