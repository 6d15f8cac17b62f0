// Owns the voice page: the table of hours, and hearing a sample.
import { post } from "./api.js";
import { lang, t } from "./texts.js";

const hours = document.querySelector("form[data-hours]");
const sample = document.querySelector("form[data-sample]");

hours.addEventListener("click", ({ target }) => {
  if ("more" in target.dataset) addLine();
  if ("remove" in target.dataset) target.closest(".span").remove();
});
hours.addEventListener("submit", (event) => answer(event, hours, async () => {
  await post("/api/v1/commands/voice-set", { hours: [...hours.querySelectorAll(".span")].map(span) });
  return t("Saved.");
}));
sample.addEventListener("submit", (event) => answer(event, sample, async () => {
  await play(await fetch(`/api/v1/voice/sample?${new URLSearchParams(new FormData(sample))}`, { headers: { "Accept-Language": lang() } }));
  return "";
}));

function addLine() {
  hours.querySelector(".spans").append(hours.querySelector("template").content.cloneNode(true));
  hours.querySelector(".span:last-child input").focus();
}

/** A line as the server takes it. */
function span(line) {
  const value = (name) => line.querySelector(`[name=${name}]`).value;
  return { from: value("from"), to: value("to"), volume: Number(value("volume")), speed: Number(value("speed")) };
}

/** Do what a form asks for; the answer stands below it. */
async function answer(event, form, work) {
  event.preventDefault();
  const line = form.querySelector(".answer");
  const button = event.submitter;
  button.disabled = true;
  try {
    line.textContent = await work();
    line.className = "answer ok";
  } catch (problem) {
    line.textContent = problem.detail || t("No connection to the server.");
    line.className = "answer bad";
  }
  button.disabled = false;
}

/** Resolves when it has been heard. */
async function play(sound) {
  if (!sound.ok) throw await sound.json();
  const audio = new Audio(URL.createObjectURL(await sound.blob()));
  await audio.play();
  await new Promise((ended) => audio.addEventListener("ended", ended));
  URL.revokeObjectURL(audio.src);
}
