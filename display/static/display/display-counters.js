// Owns the counters' layout of the lobby display: every counter as a tile with its number or its state.
import { html } from "/static/lobby/page.js";
import { other, t } from "/static/lobby/texts.js";
import { Fit } from "./display-fit.js";
import { stateAt, stateText } from "./display-state.js";
import { Place, Second } from "./display-words.js";

const WISHED = 2; // a tile's width over its height at which number and words stand best

/** How many columns make `count` tiles largest on an area of this shape (width over height). Pure. */
export function columns(count, shape) {
  const size = (across) => {
    const width = shape / across;
    return Math.min(width / WISHED, 1 / Math.ceil(count / across));
  };
  const possible = Array.from({ length: count }, (_, at) => at + 1);
  return possible.reduce((best, across) => (size(across) > size(best) ? across : best), 1);
}

/** `call`: the one that has the big place elsewhere; here its tile is the bright one. The key makes a recall flash again. */
function Tile({ number, state, ticket, call }) {
  const isCalled = call?.counter === number && call.number === ticket?.number;
  const text = stateText(state, ticket);
  const kind = `tile ${ticket?.class ?? ""} ${ticket ? ticket.state : `rests ${state}`} ${isCalled ? "calls" : ""}`;
  return html`<li class=${kind} key=${isCalled ? `${number} ${call.version}` : number} data-counter=${number} data-number=${ticket?.number ?? ""}>
    <p class="where"><${Place} counter=${number} /></p>
    ${ticket ? html`<${Fit} class="number">${ticket.number}<//>` : null}
    <p class="what"><${Fit}>${t(text)} <${Second}>${other(text)}<//><//></p>
  </li>`;
}

/** The area's shape follows from the screen's: a header and a line of notices are taken off. */
export function Counters({ board, call }) {
  const shape = innerWidth / (innerHeight * 0.8);
  const across = columns(board.counters.length || 1, shape);
  return html`<main class="counters" aria-labelledby="counters">
    <h1 class="sr" id="counters">${t("Now calling")}</h1>
    <ol style=${`--across:${across}`}>${board.counters.map(({ number, state }) => html`<${Tile} number=${number} state=${state}
      ticket=${stateAt(board, number)} call=${call} />`)}</ol>
  </main>`;
}
