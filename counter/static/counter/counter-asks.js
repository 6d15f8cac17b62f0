// Owns what is asked before an action that needs more than a key: its choices from the view, its answer as a body. Pure.
import { timeOf } from "/static/lobby/page.js";
import { name, t } from "/static/lobby/texts.js";

const MOST_REASON = 200;

const reason = () => ({ kind: "text", name: "reason", label: t("Reason"), required: true, most: MOST_REASON });
const filled = (fields) => Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== "" && value !== undefined));

const services = ({ queues }) => queues.filter((queue) => queue.class !== "vip" && !queue.retired);
const serviceOptions = (offered) => offered.map((one) => ({ value: one.code, label: name(one.name) }));

const about = (ticket) => [ticket.class === "vip" && (name(ticket.tier_name) || t("VIP")), name(ticket.service_name), ticket.slot_at && t("Appointment {time}", { time: timeOf(ticket.slot_at) })].filter(Boolean).join(" · ");
const ticketOptions = (tickets, more = () => "") => tickets.map((ticket) => ({ value: ticket.number, label: ticket.number, about: [about(ticket), more(ticket)].filter(Boolean).join(" · ") }));

/** Who has taken another number since cannot have the old one back. */
const missedOptions = (missed) => ticketOptions(missed, ({ at }) => t("missed at {time}", { time: timeOf(at) })).map((option, at) => ({ ...option, why: missed[at].other && t("Has another number now: {number}", { number: missed[at].other }) }));

const tickets = (options, empty) => ({ kind: "choice", name: "ticket", label: t("Which number?"), options, numbered: true, usual: options[0]?.value, empty });

const HOLDS = () => [
  { value: "same_counter", label: t("Comes back to this counter"), about: t("The customer fills in a form, fetches something or makes a call.") },
  { value: "any_counter", label: t("Any counter may go on") },
  { value: "step", label: t("Waits for a step elsewhere"), about: t("Payment, stock, a specialist.") },
];

const OUTCOMES = () => [
  { value: "done", label: t("Done") },
  { value: "not_solved", label: t("Not solved") },
  { value: "referred", label: t("Referred elsewhere") },
];

const PLACES = () => [
  { value: "original", label: t("By the time of the first number") },
  { value: "first", label: t("First") },
  { value: "last", label: t("Last") },
];

export const PAUSES = () => [
  { value: "lunch", label: t("Lunch") },
  { value: "break", label: t("Short break") },
  { value: "training", label: t("Training") },
  { value: "meeting", label: t("Meeting") },
  { value: "other", label: t("Other") },
];

const HELD = { same_counter: (values) => t("for counter {number}", values), any_counter: () => t("for any counter"), step: () => t("waits for a step") };

/** Where a customer may be sent: another service, a counter at which somebody works, a person. */
function targets(data) {
  const current = data.current.service;
  const others = services(data).filter(({ code }) => code !== current).map((one) => ({ value: `service=${one.code}`, label: name(one.name), about: t("{n} waiting", { n: one.waiting }) }));
  const counters = data.counters.filter(({ number, staff }) => staff && number !== data.counter.number);
  const seats = counters.map(({ number, staff }) => ({ value: `counter=${number}`, label: t("Counter {number}", { number }), about: staff }));
  const people = counters.map(({ staff }) => ({ value: `staff=${staff}`, label: staff, about: t("in person, at whatever counter") }));
  return [...others, ...seats, ...people];
}

/** A target in words of the API: {service: "plan"} or {counter: 4}. */
function addressed(target) {
  const [kind, value] = target.split("=");
  return { [kind]: kind === "counter" ? Number(value) : value };
}

const ASKS = {
  transfer: (data) => {
    const options = targets(data);
    return {
      title: t("Transfer {number}", { number: data.current.number }),
      lead: t("The number and the time of issue stay."),
      fields: [
        { kind: "choice", name: "target", label: t("Where to?"), options, numbered: true, usual: options[0]?.value, wide: true },
        { kind: "choice", name: "place", label: t("Place in the queue"), options: PLACES(), usual: "original" },
      ],
      submit: t("Transfer"),
      body: ({ target, place }) => ({ ...addressed(target), place }),
    };
  },
  hold: (data) => ({
    title: t("Hold {number}", { number: data.current.number }),
    lead: t("The counter becomes free; the customer keeps the number."),
    fields: [
      { kind: "choice", name: "kind", label: t("How does it go on?"), options: HOLDS(), numbered: true, usual: "same_counter" },
      { kind: "text", name: "note", label: t("Note for whoever goes on") },
    ],
    submit: t("Hold"),
    body: filled,
  }),
  outcome: (data) => ({
    title: t("Finish {number}", { number: data.current.number }),
    fields: [
      { kind: "choice", name: "outcome", label: t("How did it end?"), options: OUTCOMES(), numbered: true, usual: "done" },
      { kind: "tick", name: "wrap_up", label: t("Wrap-up time afterwards: nobody is called until it is done") },
    ],
    submit: t("Finish"),
    body: ({ outcome, wrap_up }) => ({ outcome, wrap_up: wrap_up !== undefined }),
  }),
  "add-service": (data) => {
    const options = serviceOptions(services(data).filter(({ code, served }) => served && code !== data.current.service));
    return {
      title: t("Another service for {number}", { number: data.current.number }),
      lead: t("It goes on here at once. For a service of another counter, transfer the number."),
      fields: [{ kind: "choice", name: "service", label: t("Service"), options, numbered: true, usual: options[0]?.value, empty: t("This counter does no other service.") }],
      submit: t("Add"),
      body: filled,
    };
  },
  note: (data) => ({
    title: t("Note on {number}", { number: data.current.number }),
    lead: t("Only staff see it."),
    fields: [{ kind: "text", name: "text", label: t("Note"), required: true }],
    submit: t("Save"),
    body: filled,
  }),
  pause: () => ({
    title: t("Pause this counter"),
    lead: t("Nobody is called here until you come back; forecasts reckon with your return."),
    fields: [
      { kind: "choice", name: "reason", label: t("Reason"), options: PAUSES(), numbered: true, usual: "break" },
      { kind: "text", name: "minutes", label: t("Back in how many minutes?"), inputmode: "numeric", most: 3 },
      { kind: "text", name: "text", label: t("In words (for “Other”)") },
    ],
    submit: t("Pause"),
    body: ({ minutes, ...rest }) => filled({ ...rest, minutes: minutes ? Number(minutes) : undefined }),
  }),
  call: (data) => ({
    title: t("Call a chosen number"),
    lead: t("Out of order: the reason is kept in the journal."),
    fields: [tickets(ticketOptions(data.queue), t("Nobody is waiting")), reason()],
    submit: t("Call"),
    body: filled,
  }),
  resume: (data) => ({
    title: t("Resume a held number"),
    fields: [tickets(ticketOptions(data.held, ({ kind, counter, step_done: isDone }) => (isDone ? t("step done") : HELD[kind]({ number: counter }))), t("No number is on hold"))],
    submit: t("Resume"),
    body: filled,
  }),
  reinstate: (data) => ({
    title: t("Bring a missed number back"),
    lead: t("It waits again at its old place."),
    fields: [tickets(missedOptions(data.missed), t("No missed numbers today")), reason()],
    submit: t("Bring back"),
    body: filled,
  }),
  "step-done": (data) => ({
    title: t("What a customer waited for is done"),
    fields: [tickets(ticketOptions(data.held.filter(({ kind }) => kind === "step")), t("No number is on hold"))],
    submit: t("Step done"),
    body: filled,
  }),
  prioritise: (data) => ({
    title: t("Put a number first"),
    lead: t("Out of order: the reason is kept in the journal."),
    fields: [tickets(ticketOptions(data.queue), t("Nobody is waiting")), reason()],
    submit: t("Put first"),
    body: filled,
  }),
  cancel: (data) => ({
    title: t("Cancel a number"),
    fields: [tickets(ticketOptions([...data.queue, ...data.held]), t("Nobody is waiting")), reason()],
    submit: t("Cancel the number"),
    body: filled,
  }),
  issue: (data) => ({
    title: t("Take a number for somebody"),
    fields: [
      { kind: "choice", name: "service", label: t("Service"), options: serviceOptions(services(data)), numbered: true, usual: services(data)[0]?.code },
      { kind: "text", name: "phone", label: t("Phone (a VIP gets a VIP number)"), inputmode: "tel", most: 20 },
      { kind: "choice", name: "language", label: t("Language"), options: [{ value: "zh", label: "中文" }, { value: "en", label: "English" }], usual: "zh" },
      { kind: "text", name: "note", label: t("Note") },
    ],
    submit: t("Take a number"),
    body: filled,
    result: ({ issued }) => ({ number: issued.number, about: t("Tell the customer this number.") }),
  }),
};

/** What to ask for an action: {name, title, lead?, fields, submit, body(values), result?(answer)}. */
export const askOf = (data, wanted) => ({ name: wanted, ...ASKS[wanted](data) });
