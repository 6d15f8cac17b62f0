// Owns the line “Saved · Undo” after every change of a setting; an undo is a change too, and is redone the same way.
import { post } from "./api.js";
import { t } from "./texts.js";

const KEPT = "undone"; // an undo draws the page anew; what it was is told there

document.addEventListener("settings-changed", ({ detail }) => offer(t("Saved."), t("Undo"), detail.id));
document.addEventListener("saved", ({ target, detail }) => target.matches("[data-command=settings-undo]") && showAnew(detail.change));

const kept = sessionStorage.getItem(KEPT);
sessionStorage.removeItem(KEPT);
if (kept) offer(t("Undone."), t("Redo"), Number(kept));

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

async function takeBack(id, text, button) {
  button.disabled = true;
  try {
    const { change } = await post("/api/v1/commands/settings-undo", { id });
    showAnew(change);
  } catch (problem) {
    text.textContent = problem.detail || t("No connection to the server.");
    button.remove();
  }
}

function showAnew(change) {
  sessionStorage.setItem(KEPT, change);
  location.reload();
}
