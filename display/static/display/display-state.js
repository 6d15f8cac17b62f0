// Owns what a counter does, as the public is told: one short text for each state of a counter or of the ticket at it.
const STATES = {
  called: "Please come now",
  serving: "Being served",
  ready: "Please wait",
  wrap_up: "Please wait",
  paused: "Service paused",
  closed: "Counter closed",
};

/** What stands at a counter whose ticket is not shown here: others' numbers are none of this display's. */
export const stateText = (state, ticket) => STATES[ticket ? ticket.state : state === "called" ? "serving" : state] ?? STATES.ready;

/** The ticket at a counter, if there is one. */
export const stateAt = (board, counter) => board.serving.find((ticket) => ticket.counter === counter) ?? null;
