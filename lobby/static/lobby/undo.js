// Owns the line “Saved · Undo” after every change of a setting; an undo is a change too, and is redone the same way.
import { post } from "./api.js";
import { t } from "./texts.js";

const KEPT = "settings-change"; // some pages are drawn anew after a change; it is told there
const kept = JSON.parse(sessionStorage.getItem(KEPT));
sessionStorage.removeItem(KEPT);
if (kept) tell(kept);

document.addEventListener("settings-changed", ({ detail }) => tell({ id: detail.id, isUndone: false }));
document.addEventListener("saved", ({ target, detail }) => {
  if ("reload" in target.dataset) keep({ id: detail.change, isUndone: target.dataset.command === "settings-undo" });
  if (target.dataset.command === "settings-undo") location.reload();
});

const keep = (change) => change.id && sessionStorage.setItem(KEPT, JSON.stringify(change));

function tell({ id, isUndone }) {
  if (isUndone) offer(t("Undone."), t("Redo"), id);
  else offer(t("Saved."), t("Undo"), id);
}

/** One line at a time, until it is closed or the next change is made. */
function offer(said, word, id) {
  document.querySelector(".toast")?.remove();
  const line = Object.assign(document.createElement("div"), { className: "toast" });
  const text = Object.assign(document.createElement("p"), { textContent: said });
  const undo = Object.assign(document.createElement("button"), { type: "button", textContent: word });
  const close = Object.assign(document.createElement("button"), { type: "button", textContent: "×", className: "close" });
  text.setAttribute("role", "status");
  close.setAttribute("aria-label", t("Close"));
  line.append(text, undo, close);
  undo.addEventListener("click", () => takeBack(id, text, undo));
  close.addEventListener("click", () => line.remove());
  document.body.append(line);
}

/** Says of the last change what has happened, such as “Retired.” */
export function sayOfChange(words) {
  const text = document.querySelector(".toast p");
  if (text) text.textContent = words;
}

async function takeBack(id, text, button) {
  button.disabled = true;
  try {
    const { change } = await post("/api/v1/commands/settings-undo", { id });
    keep({ id: change, isUndone: true });
    location.reload();
  } catch (problem) {
    text.textContent = problem.detail || t("No connection to the server.");
    button.remove();
  }
}
