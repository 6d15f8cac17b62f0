// Owns the members' page's calls to the server.
import { get, post, Problem } from "/static/lobby/api.js";
import { lang } from "/static/lobby/texts.js";

export const LARGEST = 32 * 1024 * 1024;
const csrf = () => document.querySelector('meta[name="csrf-token"]').content;

export const summary = () => get("/api/v1/members");
export const look = (id) => get(`/api/v1/imports/${id}`);
export const takeOver = (id) => post(`/api/v1/imports/${id}/apply`);
export const faultsLink = (id) => `/api/v1/imports/${id}/faults.csv?lang=${lang()}`;

/** One page of a kind of change, or of the faults. */
export async function page(id, kind, offset) {
  if (kind === "faults") return (await get(`/api/v1/imports/${id}/faults?offset=${offset}`)).faults;
  return (await get(`/api/v1/imports/${id}/changes?kind=${kind}&offset=${offset}`)).changes;
}

export async function discard(id) {
  await fetch(`/api/v1/imports/${id}`, { method: "DELETE", headers: { "X-CSRFToken": csrf() } });
}

/** Send a file; `report` hears which share (0 to 1) is sent. Only XMLHttpRequest tells of that. */
export function begin(file, report) {
  if (file.size > LARGEST) return Promise.reject(new Problem(413, { text: "This file is too large. Send at most 32 MB at once.", values: {} }));
  return new Promise((resolve, reject) => {
    const call = new XMLHttpRequest();
    call.open("POST", "/api/v1/imports?kind=members");
    call.responseType = "json";
    call.setRequestHeader("Content-Type", "application/octet-stream");
    call.setRequestHeader("X-CSRFToken", csrf());
    call.upload.addEventListener("progress", (event) => report(event.loaded / Math.max(1, event.total)));
    call.addEventListener("load", () => (call.status === 201 ? resolve(call.response) : reject(new Problem(call.status, call.response ?? {}))));
    call.addEventListener("error", () => reject(new Problem(0, { code: "offline" })));
    call.send(file);
  });
}
