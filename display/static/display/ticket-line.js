// Owns what a customer's phone knows of its ticket: from the live line, and by asking where that line is cut.
import { get } from "/static/lobby/api.js";
import { follow } from "/static/lobby/live.js";
import { useEffect, useRef, useState } from "/static/lobby/page.js";

const POLL_MS = 5000;
export const ANSWER_MS = 8000; // a request on a dead line may hang for minutes

/**
 * The ticket as last heard of: {ticket, store, calls, line, asOf, unknown}, and a function that takes the answer of an action.
 * line: "live", "asked" (no live line, it asks every few seconds), "cut", or "" before that is known; asOf: the server's
 * time of the news.
 */
export function useTicket(token) {
  const path = `/api/v1/tickets/${token}`;
  const [view, setView] = useState({ ticket: null, store: null, calls: [], line: "", asOf: null, unknown: false });
  const live = useRef({ up: null, version: -1 }); // up: null before the first try has ended

  useEffect(() => {
    const merge = (news) => setView((old) => ({ ...old, ...news }));
    const state = (otherwise) => ({ line: live.current.up ? "live" : otherwise });
    const ask = async () => {
      try {
        const { now, version, ...ticket } = await get(path, ANSWER_MS);
        if (live.current.up && version < live.current.version) return; // the live line was faster
        merge({ ticket, asOf: now, ...state(live.current.up === null ? "" : "asked") });
      } catch (problem) {
        merge(problem.status === 404 ? { unknown: true } : state("cut"));
      }
    };
    const line = follow(
      { screen: "ticket", token },
      {
        snapshot({ version, ticket, store, calls, now }) {
          live.current.version = version;
          merge({ ticket, store, calls, asOf: now, line: "live" });
        },
        called: (call) => setView((old) => ({ ...old, calls: [call, ...old.calls].slice(0, 10) })),
        connection(up) {
          const before = live.current.up;
          live.current.up = up;
          if (!up && before !== false) ask(); // just lost, or never had: from now on it asks
        },
      },
    );
    const wake = () => {
      if (document.hidden) return;
      ask();
      line.resync();
    };
    ask(); // the first look does not wait for the live line
    setInterval(() => live.current.up || ask(), POLL_MS);
    document.addEventListener("visibilitychange", wake);
    addEventListener("pageshow", (event) => event.persisted && wake()); // shown again from the browser's memory
    addEventListener("online", wake);
  }, []); // for as long as the page lives

  const take = (ticket) => setView((old) => ({ ...old, ticket }));
  return [view, take];
}
