// Owns asking the server with patience: the same request again, with the same key, until the line is back.
import { post } from "/static/lobby/api.js";
import { message, other, t } from "/static/lobby/texts.js";

const PATIENCE_MS = 15_000;
const ANSWER_MS = 6_000;
const PAUSE_MS = 1_000;

const after = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Post; on a broken line again and again, telling `onTrouble`; throws the last Problem. */
export async function patient(path, body, onTrouble) {
  const until = performance.now() + PATIENCE_MS;
  for (;;) {
    try {
      return await post(path, body, ANSWER_MS);
    } catch (problem) {
      if (problem.status !== 0 || performance.now() > until) throw problem;
      onTrouble();
      await after(PAUSE_MS);
    }
  }
}

const OFFLINE = "The line to the server is down. Please try again, or ask our staff.";
const UNKNOWN = "Something went wrong. Please ask our staff.";
const STOPPED = "No numbers can be given now. Please ask our staff.";

/** The server can save nothing now, which ends by itself. */
export const isStopped = ({ code }) => ["disk_full", "disk_read_only", "disk_failing"].includes(code);

/** What to tell the customer, in both languages: {text, small}; `staff`: what whoever looks after the server reads. */
export function explain(problem) {
  if (isStopped(problem)) return { text: t(STOPPED), small: other(STOPPED), staff: message(problem) };
  if (problem.text) return { text: t(problem.text, problem.values), small: other(problem.text, problem.values) };
  if (problem.detail) return { text: problem.detail, small: "" };
  const key = problem.status === 0 ? OFFLINE : UNKNOWN;
  return { text: t(key), small: other(key) };
}
