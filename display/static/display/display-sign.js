// Owns the sign above one counter: its number, whose turn it is, or why nobody is called.
import { html } from "/static/lobby/page.js";
import { other, t } from "/static/lobby/texts.js";
import { Fit } from "./display-fit.js";
import { Lost } from "./display-lobby.js";
import { stateAt, stateText } from "./display-state.js";
import { Place, Second } from "./display-words.js";

const Unknown = ({ number }) => html`<main class="sign rests"><h1 class="what"><${Fit}>${t("There is no counter {number} here", { number })}<//>
  <${Fit} second>${other("There is no counter {number} here", { number })}<//></h1></main>`;

/** `version`: of the last call to this counter; a new one flashes. */
export function Sign({ board, counter, version, lost }) {
  const place = board.counters.find(({ number }) => number === counter);
  if (!place) return html`<${Unknown} number=${counter} />`;
  const ticket = stateAt(board, counter);
  const text = stateText(place.state, ticket);
  return html`<main class=${`sign ${ticket ? `${ticket.class} ${ticket.state}` : `rests ${place.state}`}`} key=${version} data-counter=${counter} data-number=${ticket?.number ?? ""}>
    <h1 class="ctr"><span><${Place} counter=${counter} /></span><${Second}>${other("Counter {number}", { number: counter })}<//></h1>
    ${ticket ? html`<${Fit} class="number" least="0.3">${ticket.number}<//>` : null}
    <p class="what" role="status"><${Fit}>${t(text)}<//><${Fit} second>${other(text)}<//></p>
    <div class="marks"><${Lost} store=${board.store} since=${lost} /></div>
  </main>`;
}
