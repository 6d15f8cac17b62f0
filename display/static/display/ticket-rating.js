// Owns a served customer's rating: one to five stars and a few words, once, and changed for as long as it is today.
import { post } from "/static/lobby/api.js";
import { html, useState } from "/static/lobby/page.js";
import { t } from "/static/lobby/texts.js";
import { ANSWER_MS } from "./ticket-line.js";

const LONGEST = 300;
const SCORES = ["Very dissatisfied", "Dissatisfied", "Neutral", "Satisfied", "Very satisfied"];

const Star = ({ on }) => html`<svg class="star ${on && "on"}" viewBox="0 0 24 24" aria-hidden="true"><path d="M12 2.800l2.800 5.900 6.400.8-4.700 4.400 1.200 6.400L12 17.200l-5.700 3.100 1.200-6.400L2.800 9.500l6.400-.8z" /></svg>`;

const Stars = ({ score, onPick }) => html`<fieldset class="stars"><legend>${t("How was your visit?")}</legend>
  ${SCORES.map((words, at) => html`<label key=${at} data-score=${at + 1}><input type="radio" name="score" class="sr" value=${at + 1} checked=${score === at + 1} onChange=${() => onPick(at + 1)} />
    <${Star} on=${at < score} /><span class="sr">${t(words)}</span></label>`)}
  <p class="word" aria-hidden="true">${score ? t(SCORES[score - 1]) : t("Tap a star")}</p></fieldset>`;

function Form({ path, before, onDone }) {
  const [score, setScore] = useState(before?.score ?? 0);
  const [comment, setComment] = useState(before?.comment ?? "");
  const [fault, setFault] = useState("");
  const [busy, setBusy] = useState(false);
  const send = (event) => {
    event.preventDefault();
    setBusy(true);
    post(`${path}/rate`, { score, comment }, ANSWER_MS)
      .then(onDone, (problem) => setFault(problem.detail || t("No connection to the server. Please try again.")))
      .finally(() => setBusy(false));
  };
  return html`<form class="rate" onSubmit=${send}><${Stars} score=${score} onPick=${setScore} />
    ${score > 0 && html`<label class="words">${t("Anything you would like to tell us? (optional)")}
      <textarea name="comment" rows="3" maxlength=${LONGEST} value=${comment} onInput=${(event) => setComment(event.target.value)}></textarea></label>
      ${fault && html`<p class="fault" role="alert">${fault}</p>`}
      <button class="p" type="submit" data-action="rate" disabled=${busy}>${t("Send")}</button>`}</form>`;
}

const Thanks = ({ rating, onChange }) => html`<section class="rate thanks" role="status"><h2>${t("Thank you for your rating!")}</h2>
  <p class="stars" role="img" aria-label=${t(SCORES[rating.score - 1])}>${SCORES.map((_, at) => html`<${Star} key=${at} on=${at < rating.score} />`)}</p>
  ${rating.comment && html`<p class="quoted">${rating.comment}</p>`}
  <button class="q" data-action="change-rating" onClick=${onChange}>${t("Change my rating")}</button></section>`;

export function Rating({ path, rating, onDone }) {
  const [changing, setChanging] = useState(false);
  const done = (ticket) => {
    setChanging(false);
    onDone(ticket);
  };
  if (rating && !changing) return html`<${Thanks} rating=${rating} onChange=${() => setChanging(true)} />`;
  return html`<${Form} path=${path} before=${rating} onDone=${done} />`;
}
