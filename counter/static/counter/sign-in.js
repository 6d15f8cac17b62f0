// Owns the small helps of the sign-in page: straight from the name to the PIN, and the language.
import { keepLang } from "/static/lobby/texts.js";

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
