// Owns the small helps of the sign-in pages: straight from the name to the PIN, how long to wait, and the language.
import { keepLang, t } from "/static/lobby/texts.js";

const pin = document.getElementById("pin");
const chosen = () => document.querySelector("input[name=staff]:checked");

// A tap on a name leads to the PIN; arrow keys walk through the names and must not be thrown out of the list.
document.querySelector(".names")?.addEventListener("click", ({ detail, target }) => {
  if (detail > 0 && target.closest("label")) requestAnimationFrame(() => pin.focus());
});
if (chosen()) pin.focus();

const toggle = document.querySelector("[data-lang]");
toggle.addEventListener("click", () => {
  keepLang(toggle.dataset.lang);
  location.reload();
});

// After too many wrong tries the button counts down, and works again when the wait is over.
const waiting = document.querySelector("[data-wait]");
if (waiting) {
  const button = document.querySelector(".pin button");
  const word = button.textContent;
  const until = Date.now() + Number(waiting.dataset.wait) * 1000;
  const tick = () => {
    const left = Math.ceil((until - Date.now()) / 1000);
    button.disabled = left > 0;
    button.textContent = left > 0 ? t("Wait {time}", { time: `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}` }) : word;
    if (left > 0) setTimeout(tick, 500);
    else waiting.hidden = true;
  };
  tick();
}
