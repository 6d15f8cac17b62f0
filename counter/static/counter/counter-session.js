// Owns one counter's line to the server: the newest view, one action at a time, and each done once even over a broken line.
import { post, requestKey } from "/static/lobby/api.js";
import { follow } from "/static/lobby/live.js";
import { t } from "/static/lobby/texts.js";

export const ANSWER_MS = 6000; // an action that is not answered for so long has met a dead line
const AGAIN_MS = 700;
const STALE_MS = 20_000; // a press older than this is no longer what the person at the counter wants
const TROUBLE_MS = 9000;

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

/** What the page knew when the key was pressed: the server refuses where somebody else has acted at the counter since. */
const seenBy = ({ counter, current }) => ({ state: counter.state, ticket: current?.number ?? null });

/** What an action at this counter changes; news of anything else leaves it as it is. */
const outcomeIn = (data) => data && JSON.stringify([seenBy(data), data.undo?.id]);

/**
 * Follow a counter and act at it.
 * @param {{prepare: (data: object) => object, changed: () => void}} options   `prepare` makes a view what this person may use
 * @returns the session, the same object at every `changed()`:
 *   number, data (the newest view or null), up (the line), busy (the name of the action under way or null),
 *   doing ({label, unsure} of it or null), trouble (what went wrong, in words), reason and phone ({number, said}: why that number was called, its whole phone number);
 *   attend(number), act(action), once(name, request, done), say(words), now()
 */
export function openSession({ prepare, changed }) {
  const session = { number: "", data: null, up: true, busy: null, doing: null, trouble: "", reason: null, phone: null, attend, act, once, say, now: () => live.now() };
  let live = { now: Date.now, resync() {} };
  let hush = null;
  let under = { before: null, way: null }; // the request that was begun last, and what the page showed then

  function show(change) {
    Object.assign(session, change);
    changed();
  }

  /** Say what went wrong, for a while. */
  function say(trouble) {
    clearTimeout(hush);
    if (trouble) hush = setTimeout(() => show({ trouble: "" }), TROUBLE_MS);
    show({ trouble });
    return null;
  }

  function explain(problem) {
    if (problem.status === 401) return location.reload(); // signed out elsewhere: the server shows the sign-in page
    if (problem.status === 0) return say(t("The line is back too late. The screen shows how things stand; press again if need be."));
    return say(problem.detail || t("That did not work. Please try again."));
  }

  /** The same request again until it is answered: its key lets the server do it once, however often it arrives. */
  async function untilAnswered(request) {
    const pressed = performance.now();
    for (;;) {
      try {
        return await request();
      } catch (problem) {
        if (problem.status !== 0 || performance.now() - pressed > STALE_MS) throw problem;
        if (!session.doing?.unsure) live.resync(); // is it this request or the whole line?
        show({ doing: session.doing && { ...session.doing, unsure: true } });
        await pause(AGAIN_MS);
      }
    }
  }

  /** Run one request; a second press meanwhile is ignored. Its answer, or null where it was not done. */
  async function once(busy, request, done) {
    if (session.busy) return null;
    under = { before: outcomeIn(session.data), way: run(busy, request, done) };
    return under.way;
  }

  async function run(busy, request, done) {
    say("");
    show({ busy });
    try {
      const answer = await untilAnswered(request);
      done(answer);
      return answer;
    } catch (problem) {
      if (problem.status === undefined) throw problem;
      explain(problem);
      return null;
    } finally {
      show({ busy: null, doing: null });
    }
  }

  /** The answer of an action is the new view; a live one that came first and is newer stays. */
  function accept(data) {
    const reason = data.reason && data.current ? { number: data.current.number, said: data.reason } : session.reason;
    const phone = data.phone && data.current ? { number: data.current.number, said: data.phone } : session.phone;
    show({ reason, phone, data: session.data && data.version < session.data.version ? session.data : prepare(data) });
  }

  /** The live view may be here before the action's own answer. A press made on it is the next step; one made before is the same press twice. */
  const isNextStep = () => !session.doing?.unsure && outcomeIn(session.data) !== under.before;

  /**
   * Do one action {id, name?, label, body?, why, main?, bare?, alone?, asks?}. Resolves to its answer, or to null where it was not done.
   * `main`: it was the big button; `bare`: its body is whole as it is; `alone`: not about the customer at the counter;
   * `asks`: its dialog was answered, which nobody does twice by mistake.
   */
  async function act({ id, name = id, label, body, why, main, bare, alone, asks }) {
    if (why) return null;
    if (!session.up) return say(t("No connection to the server. Nothing was changed; please try again."));
    const known = bare ? {} : { request_key: requestKey(), ...(alone ? {} : { expects: seenBy(session.data) }) };
    if (session.busy) {
      if (!asks && !isNextStep()) return null;
      await under.way;
      if (session.busy) return null;
    }
    session.doing = { label, unsure: false };
    return once(main ? "main" : name, () => post(`/api/v1/counters/${session.number}/${id}`, { ...known, ...body }, ANSWER_MS), accept);
  }

  function attend(number, first) {
    session.number = String(number);
    if (first) accept(first);
    const news = { snapshot: (data) => show({ data: prepare(data) }), connection: (up) => show({ up }) };
    live = follow({ screen: "counter", counter: Number(number) }, news);
    addEventListener("offline", () => live.reconnect()); // the machine knows at once that its cable is out; a socket takes its time
    addEventListener("online", () => live.resync());
  }
  return session;
}
