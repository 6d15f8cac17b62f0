// Owns following a study: a calculation on the server that takes longer than a moment.
import { get, post } from "/static/lobby/api.js";
import { html, useEffect, useState } from "/static/lobby/page.js";
import { t } from "/static/lobby/texts.js";

const ASK_EVERY_MS = 700;

/** {data, problem, start}: what the server knows, asked again while it computes. `path` null: nothing to ask yet. */
export function useStudy(path, query, body) {
  const [state, set] = useState({ data: null, problem: null });
  const asked = path && `${path}${query ? `?${query}` : ""}`;
  const take = (promise) => promise.then((data) => set({ data, problem: null, of: asked }), (problem) => set((before) => ({ ...before, problem, of: asked })));
  useEffect(() => {
    if (asked) take(get(asked));
  }, [asked]);
  const running = state.data?.running;
  useEffect(() => {
    if (!running) return undefined;
    const timer = setTimeout(() => take(get(asked)), ASK_EVERY_MS);
    return () => clearTimeout(timer);
  }, [state]);
  return { ...(state.of === asked ? state : { data: null, problem: null }), start: () => take(post(path, body)) };
}

export const Progress = ({ running, words }) => (running ? html`<div class="notice" role="status"><label for="progress">${words}</label>
  <progress id="progress" max=${running.of} value=${running.done || null}></progress> ${running.of > 1 ? html`<span>${running.done} / ${running.of}</span>` : null}</div>` : null);

export const Failed = ({ failed }) => (failed ? html`<p class="notice bad" role="alert">${t("The calculation failed. Try again; the server's log says why.")}</p>` : null);
