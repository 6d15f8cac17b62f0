// Owns asking the server with patience: the same request again, with the same key, until the line is back.
import { post, Problem } from "/static/lobby/api.js";
import { other, t } from "/static/lobby/texts.js";

const PATIENCE_MS = 15_000;
const ANSWER_MS = 6_000;
const PAUSE_MS = 1_000;

const after = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** No answer for a while counts as no connection: a request on a dead line may hang for minutes. */
const inTime = (asked) => Promise.race([asked, after(ANSWER_MS).then(() => Promise.reject(new Problem(0, { code: "offline" })))]);

/** Post; on a broken line again and again, telling `onTrouble`; throws the last Problem. */
export async function patient(path, body, onTrouble) {
  const until = performance.now() + PATIENCE_MS;
  for (;;) {
    try {
      return await inTime(post(path, body));
    } catch (problem) {
      if (problem.status !== 0 || performance.now() > until) throw problem;
      onTrouble();
      await after(PAUSE_MS);
    }
  }
}

const OFFLINE = "The line to the server is down. Please try again, or ask our staff.";
const UNKNOWN = "Something went wrong. Please ask our staff.";

/** What to tell the customer, in both languages: {text, small}. */
export function explain(problem) {
  if (problem.text) return { text: t(problem.text, problem.values), small: other(problem.text, problem.values) };
  if (problem.detail) return { text: problem.detail, small: "" };
  const key = problem.status === 0 ? OFFLINE : UNKNOWN;
  return { text: t(key), small: other(key) };
}
