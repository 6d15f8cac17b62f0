// Owns keeping the public's pages fresh: the parts that change are taken from the page as it is now. Without it pages are as they were when opened.

const parts = [...document.querySelectorAll("[data-live]")];
const everyMs = Math.min(...parts.map((part) => Number(part.dataset.live))) * 1000;

const isInUse = (part) => part.contains(document.activeElement);

async function fresh() {
  const answer = await fetch(location.href, { credentials: "same-origin" });
  if (!answer.ok) throw new Error(String(answer.status));
  return new DOMParser().parseFromString(await answer.text(), "text/html");
}

/** A form is anew only when what it is for has changed, else what was chosen in it would be lost. */
const sense = (part) => part.dataset.key ?? part.textContent;

/** A part that somebody's finger or keyboard is in stays as it is. */
function renew(page) {
  for (const { id } of parts) {
    const [old, now] = [document.getElementById(id), page.getElementById(id)];
    if (old && now && !isInUse(old) && sense(old) !== sense(now)) {
      old.className = now.className;
      if (now.dataset.key) old.dataset.key = now.dataset.key;
      old.replaceChildren(...now.childNodes);
    }
  }
}

async function look() {
  const lost = document.querySelector(".lost");
  try {
    if (!document.hidden) renew(await fresh());
    lost.hidden = true;
  } catch {
    lost.hidden = false;
  }
  setTimeout(look, everyMs);
}

if (parts.length > 0) setTimeout(look, everyMs);
