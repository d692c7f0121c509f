// The conversation: asks through Gradio's queue, shows the turn that comes back as HTML.
// The server writes and escapes all HTML; this file only puts it in place.
import { announce, copy, takeQuestions, waitingTurn } from "./conversation.js";
import { closeDocument, showPlace, startDocuments, unmark } from "./documents.js";

const ASK = "gradio_api/call/turn";
const SLOW_MS = 3000;
const VOTES = "docent-votes";
const MOST_VOTES = 500;

const byId = (id) => document.getElementById(id);
const [welcome, turns, scroller, box, send] =
  ["welcome", "turns", "scroller", "question", "send"].map(byId);
const words = document.body.dataset;
const wide = matchMedia("(min-width: 900px)");

let turnId = ""; // the answer that the next question may follow up
let conversation = 0; // counts up when a new one begins: a late answer to the old one is dropped
let asking = false;
let showing = Promise.resolve(); // the document pane, still on its way to the last quote

// Gradio's two steps: hand the question in, then fetch the events that carry the answer, which
// comes in one piece, or grows while a language model writes (`grow` is given each state).
async function answerTo(question, grow) {
  const handedIn = await fetch(ASK, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ data: [question, turnId, words.language] }),
  });
  if (!handedIn.ok) throw new Error("refused");
  const { event_id: eventId } = await handedIn.json();
  for await (const { event, data } of eventsOf(await fetch(`${ASK}/${eventId}`))) {
    if (event === "generating" && !data[0].announcement) grow(data[0].html);
    if (event === "complete") return data[0];
    if (event === "error") break;
  }
  throw new Error("no answer");
}

async function* eventsOf(response) {
  const pieces = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let waiting = "";
  for (let read = await pieces.read(); !read.done; read = await pieces.read()) {
    const events = (waiting + read.value).split("\n\n");
    waiting = events.pop();
    for (const each of events) {
      const found = each.match(/^event: (.*)\ndata: (.*)$/);
      if (found) yield { event: found[1], data: JSON.parse(found[2]) };
    }
  }
}

// What is already there stays, so that drawers opened meanwhile stay open.
function grow(turn, html) {
  const next = document.createElement("template");
  next.innerHTML = html;
  const before = turn.querySelectorAll(".statement");
  if (!before.length) {
    turn.replaceChildren(next.content);
    return;
  }
  const more = [...next.content.querySelectorAll(".statement")].slice(before.length);
  before[before.length - 1].after(...more);
}

function complete(turn, html) {
  const open = [...turn.querySelectorAll("details")].map((each) => each.open);
  turn.innerHTML = html;
  [...turn.querySelectorAll("details")].forEach((each, place) => { each.open = open[place] ?? false; });
}

function stopWriting() {
  const button = turns.querySelector("[data-stop]");
  if (!button || button.disabled) return;
  button.disabled = true;
  fetch("stop", { method: "POST", body: button.dataset.stop }).catch(() => {});
}

async function ask(question, { moveFocus = false, shown = question } = {}) {
  if (asking) return;
  asking = true;
  const asked = conversation;
  send.setAttribute("aria-disabled", "true");
  welcome.hidden = true;
  showing = showing.then(unmark);
  const turn = waitingTurn(shown);
  turn.scrollIntoView({ block: "start" });
  let hasGrown = false;
  const slow = setTimeout(() => {
    turn.querySelector(".waiting-words").textContent = words.stillWaiting;
    announce(words.stillWaiting);
  }, SLOW_MS);
  try {
    const answer = await answerTo(question, (html) => {
      clearTimeout(slow);
      if (asked !== conversation) return;
      if (!hasGrown) {
        grow(turn, html);
        announce(turn.querySelector(".writing").textContent);
      } else grow(turn, html);
      hasGrown = turn.querySelector(".statement") !== null || hasGrown;
    });
    if (asked !== conversation) return;
    complete(turn, answer.html);
    turnId = answer.turn_id || turnId;
    announce(answer.announcement);
  } catch {
    if (asked !== conversation) return;
    turn.querySelector(".waiting").textContent = words.unreachable;
    announce(words.unreachable);
  } finally {
    clearTimeout(slow);
    asking = false;
    send.removeAttribute("aria-disabled");
  }
  finished(turn, moveFocus, !hasGrown);
}

function finished(turn, moveFocus, scroll = true) {
  if (scroll) turn.scrollIntoView({ block: "start" }); // else it is being read already
  if (moveFocus) turn.querySelector("h2").focus({ preventScroll: true });
  showVotes(turn);
  const first = turn.querySelector(".cite");
  if (first && wide.matches) showing = showing.then(() => showPlace(first, { moveFocus: false }));
}

// The page's address with other values; a value of null is left out.
function here(changes) {
  const values = new URLSearchParams(location.search);
  for (const [name, value] of Object.entries(changes)) {
    if (value === null) values.delete(name);
    else values.set(name, value);
  }
  return values.size ? `?${values}` : location.pathname;
}

function beginAgain() {
  stopWriting();
  conversation += 1;
  turnId = "";
  turns.replaceChildren();
  welcome.hidden = false;
  scroller.scrollTop = 0;
  // Without this, loading the page again would bring a permalink's quote back.
  if (location.search) history.replaceState(null, "", here({ quote: null }));
  closeDocument({ moveFocus: false });
  box.value = "";
  box.focus();
  announce(words.cleared);
}

function votes() {
  try {
    return JSON.parse(localStorage.getItem(VOTES)) || {};
  } catch {
    return {};
  }
}

function vote(button) {
  const about = button.parentElement.dataset.about;
  const { [about]: before, ...others } = votes();
  const kept = Object.entries(others).slice(-MOST_VOTES + 1);
  if (before !== button.dataset.vote) kept.push([about, button.dataset.vote]);
  try {
    localStorage.setItem(VOTES, JSON.stringify(Object.fromEntries(kept)));
  } catch {
    return; // storage is switched off or full: nothing is kept, and nothing looks kept
  }
  showVotes(document);
}

function showVotes(part) {
  const kept = votes();
  for (const button of part.querySelectorAll(".vote")) {
    const given = kept[button.parentElement.dataset.about];
    button.setAttribute("aria-pressed", String(given === button.dataset.vote));
  }
}

function changeTheme() {
  const root = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  root.dataset.theme = (root.dataset.theme || system) === "dark" ? "light" : "dark";
  try {
    localStorage.setItem("docent-theme", root.dataset.theme);
  } catch {
    // Storage is switched off: the choice lasts until the page is left.
  }
}

takeQuestions(() => asking, ask);

scroller.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  const { question } = button.dataset;
  if (question) ask(question, { moveFocus: true, shown: button.textContent });
  else if (button.dataset.document) showPlace(button);
  else if (button.dataset.stop) stopWriting();
  else if (button.dataset.vote) vote(button);
  else if ("copy" in button.dataset) copy(button);
});

byId("new-conversation").addEventListener("click", beginAgain);
byId("theme").addEventListener("click", changeTheme);
byId("language")?.addEventListener("change", (event) => {
  location.assign(here({ lang: event.target.value }));
});

startDocuments();
if (turns.firstElementChild) {
  welcome.hidden = true;
  finished(turns.firstElementChild, false);
}
