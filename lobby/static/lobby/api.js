// Owns calls to the server: JSON in and out (a file goes as it is), problems as errors, request keys.
import { lang } from "./texts.js";

/**
 * A refusal: `status`, `code`, `detail` in the page's language, `errors` per field; `text` and `values` say it in any
 * language. `status` 0: no connection.
 */
export class Problem extends Error {
  constructor(status, body) {
    super(body.detail ?? body.title ?? "");
    Object.assign(this, { status, code: body.code, detail: body.detail ?? "", errors: body.errors ?? [], text: body.text, values: body.values });
  }
}

const csrf = () => document.querySelector('meta[name="csrf-token"]')?.content ?? "";

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return {}; // nothing, or not from our server
  }
}

/** What was answered. The id of a change of settings stands in `change`, and the page hears of it by an event. */
async function call(method, path, body, limit_ms) {
  let answer;
  let text;
  const isFile = body instanceof Blob;
  const breaker = new AbortController(); // given up, a request on a dead line leaves its place to the next: a browser has six
  const timer = limit_ms && setTimeout(() => breaker.abort(), limit_ms);
  try {
    answer = await fetch(path, {
      method,
      cache: "no-store",
      headers: {
        "Accept-Language": lang(),
        ...(body === undefined ? {} : { "Content-Type": isFile ? "application/octet-stream" : "application/json" }),
        ...(method === "GET" ? {} : { "X-CSRFToken": csrf() }),
      },
      body: isFile || body === undefined ? body : JSON.stringify(body),
      signal: breaker.signal,
    });
    text = await answer.text(); // an answer cut off in the middle is none
  } catch {
    throw new Problem(0, { code: "offline" });
  } finally {
    clearTimeout(timer);
  }
  const said = parsed(text);
  if (!answer.ok) throw new Problem(answer.status, said);
  const change = Number(answer.headers.get("Settings-Change"));
  if (!change) return said;
  document.dispatchEvent(new CustomEvent("settings-changed", { detail: { id: change } }));
  return { ...said, change };
}

/** `limit_ms`: how long to wait for an answer before the line counts as dead (status 0). */
export const get = (path, limit_ms = 0) => call("GET", path, undefined, limit_ms);
export const post = (path, body = {}, limit_ms = 0) => call("POST", path, body, limit_ms);
export const patch = (path, body) => call("PATCH", path, body);
export const remove = (path) => call("DELETE", path);

/** A key that makes a repeat of the same request harmless. `crypto.randomUUID` is withheld over plain http. */
export const requestKey = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
