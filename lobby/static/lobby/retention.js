// Owns the part of the page of personal data that is about one customer: look, save the copy, erase.
import { post } from "./api.js";
import { t } from "./texts.js";

const find = document.querySelector("form.find");
const found = document.querySelector(".found");
const erase = document.querySelector("form.erase");
const outcome = document.querySelector(".outcome");
let customer = "";

const command = (name, body) => post(`/api/v1/commands/customer-${name}`, body);

find.addEventListener("submit", (event) => {
  event.preventDefault();
  customer = find.elements.customer.value.trim();
  found.hidden = true;
  ask(find.querySelector("button"), find.querySelector(".answer"), async () => {
    show(await command("find", { customer }));
    return "";
  });
});
find.elements.customer.addEventListener("input", () => (found.hidden = true)); // the buttons below belong to whoever was looked for
document.querySelector(".copy").addEventListener("click", ({ target }) =>
  ask(target, outcome, async () => {
    save((await command("export", { customer })).export);
    return t("The copy is saved. It holds personal data: hand it over and delete it here.");
  }),
);
erase.addEventListener("submit", (event) => {
  event.preventDefault();
  ask(erase.querySelector("button"), outcome, async () => {
    await command("erase", { customer, confirm: erase.elements.confirm.value });
    find.reset();
    found.hidden = true;
    say(find.querySelector(".answer"), "ok", t("Erased. The journal knows that it was done, not whose data it was."));
    return "";
  });
});

/** Do something with the button switched off, and say how it went. */
async function ask(button, line, work) {
  button.disabled = true;
  say(line, "ok", "");
  try {
    const text = await work();
    if (text) say(line, "ok", text);
  } catch (problem) {
    say(line, "bad", problem.detail || t("No connection to the server."));
  }
  button.disabled = false;
}

function say(line, tone, text) {
  line.className = `answer ${tone}${line === outcome ? " outcome" : ""}`;
  line.textContent = text;
}

/** Enough to be sure of whom, never more. */
function show({ names, phones, cards, bookings, visits }) {
  const known = [...names, ...phones].join(" · ");
  const counts = t("Cards: {cards}, appointments: {bookings}, visits: {visits}", { cards, bookings, visits });
  found.querySelector(".who").textContent = known ? `${known} — ${counts}` : counts;
  erase.reset();
  say(outcome, "ok", "");
  found.hidden = false;
}

function save(content) {
  const address = URL.createObjectURL(new Blob([JSON.stringify(content, null, 2)], { type: "application/json" }));
  Object.assign(document.createElement("a"), { href: address, download: "customer-data.json" }).click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
