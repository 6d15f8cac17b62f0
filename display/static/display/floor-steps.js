// Owns what the floor manager does by a tap: one step at a time, its refusal in words, and taking it back.
import { post } from "/static/lobby/api.js";
import { t } from "/static/lobby/texts.js";

const TROUBLE_MS = 9000;
const ANSWER_MS = 10_000; // on a dead line no answer comes for minutes, and what is tapped next would wait for it

/**
 * @returns {{busy: string | null, trouble: string, act: (body: object, label?: string) => Promise<boolean>, step: (path: string, body?: object) => Promise<boolean>}}
 *   the same object at every `changed()`; `act` does something at once, `step` posts to any path below /api/v1; both tell whether it happened.
 */
export function steps(changed) {
  let hush = null;
  let turn = Promise.resolve();
  const wishes = new Set();
  const own = { busy: null, trouble: "", step, act: (body, label = body.kind) => step("floor/acts", body, label) };

  function complain(text) {
    own.trouble = text;
    clearTimeout(hush);
    hush = setTimeout(() => {
      own.trouble = "";
      changed();
    }, TROUBLE_MS);
  }

  /** The page may show what a step did before its answer is here: what is tapped then waits for its turn. */
  async function step(path, body = {}, label = path) {
    const wish = JSON.stringify([path, body]);
    if (wishes.has(wish)) return false; // tapped twice
    wishes.add(wish);
    turn = turn
      .catch(() => {})
      .then(() => take(path, body, label))
      .finally(() => wishes.delete(wish));
    return turn;
  }

  async function take(path, body, label) {
    Object.assign(own, { busy: label, trouble: "" });
    changed();
    let happened = true;
    try {
      await post(`/api/v1/${path}`, body, ANSWER_MS);
    } catch (problem) {
      if (problem.status === undefined) throw problem;
      happened = false;
      complain(problem.detail || t("No answer from the server. See here whether it was done before you try again."));
    }
    own.busy = null;
    changed();
    return happened;
  }
  return own;
}
