// The chat inside another page's frame. It keeps nothing: no cookie, no storage. It speaks with the
// page around it only where that page's origin is on the server's list, and never says what a
// visitor wrote.
import { announce, copy, takeQuestions, waitingTurn } from "./conversation.js";

const SLOW_MS = 3000;
const IDLE_MS = 90_000;
const SIGNS_OF_LIFE = ["pointerdown", "pointermove", "keydown", "wheel", "touchstart"];

const byId = (id) => document.getElementById(id);
const [welcome, turns, box, send, again] =
  ["welcome", "turns", "question", "send", "new-conversation"].map(byId);
const words = document.body.dataset;
const given = new URLSearchParams(location.search);

// Who loaded this page can put anything into its address, so what it says is looked up.
const host = [location.origin, ...words.origins.split(" ")].find((o) => o === given.get("host"));
const inFrame = parent !== window;

let turnId = ""; // the answer that the next question may follow up
let conversation = 0; // counts up when a new one begins: a late answer to the old one is dropped
let asking = false;
let idleTimer = 0;

function tell(name, detail = {}) {
  if (inFrame && host) parent.postMessage({ docent: name, ...detail }, host);
}

async function answerTo(question) {
  const reply = await fetch("embed/ask", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ question, turn_id: turnId, language: words.language }),
  });
  if (!reply.ok && reply.status !== 429 && reply.status !== 503) throw new Error("refused");
  return reply.json();
}

async function ask(question, { moveFocus = false } = {}) {
  if (asking) return;
  asking = true;
  const asked = conversation;
  tell("asked");
  send.setAttribute("aria-disabled", "true");
  welcome.hidden = true;
  again.hidden = false;
  const turn = waitingTurn(question);
  show(turn);
  const slow = setTimeout(() => {
    turn.querySelector(".waiting-words").textContent = words.stillWaiting;
    announce(words.stillWaiting);
  }, SLOW_MS);
  try {
    const answer = await answerTo(question);
    if (asked !== conversation) return;
    turn.innerHTML = answer.html;
    turnId = answer.turn_id || turnId;
    announce(answer.announcement);
    tell("answered", { found: answer.found, quotes: answer.n_quotes });
  } catch {
    if (asked !== conversation) return;
    turn.querySelector(".waiting").textContent = words.unreachable;
    announce(words.unreachable);
  } finally {
    clearTimeout(slow);
    if (asked === conversation) {
      asking = false;
      send.removeAttribute("aria-disabled");
    }
  }
  show(turn);
  if (moveFocus) turn.querySelector("h2").focus({ preventScroll: true });
}

// Not scrollIntoView: it may move the page around the frame too.
function show(turn) {
  const below = document.querySelector("header").offsetHeight + 14;
  scrollTo({ top: turn.querySelector("h2").getBoundingClientRect().top + scrollY - below });
}

function beginAgain({ moveFocus = true } = {}) {
  conversation += 1;
  turnId = "";
  asking = false;
  send.removeAttribute("aria-disabled");
  turns.replaceChildren();
  welcome.hidden = false;
  again.hidden = true;
  box.value = "";
  scrollTo({ top: 0 });
  if (moveFocus) box.focus({ preventScroll: true });
  announce(words.cleared);
}

function changeTheme(name) {
  if (name === "light" || name === "dark") document.documentElement.dataset.theme = name;
  else delete document.documentElement.dataset.theme;
}

function stir() {
  clearTimeout(idleTimer);
  idleTimer = setTimeout(() => { if (turns.firstElementChild) tell("idle"); }, IDLE_MS);
}

takeQuestions(() => asking, ask);

document.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  if (button.dataset.question) ask(button.dataset.question, { moveFocus: true });
  else if ("copy" in button.dataset) copy(button);
});

again.addEventListener("click", () => beginAgain());

addEventListener("message", ({ origin, source, data }) => {
  if (!host || origin !== host || source !== parent) return;
  stir();
  if (data?.docent === "ask" && typeof data.question === "string") ask(data.question);
  else if (data?.docent === "theme") changeTheme(data.theme);
  else if (data?.docent === "reset") beginAgain({ moveFocus: false });
});

for (const sign of SIGNS_OF_LIFE) addEventListener(sign, stir, { passive: true });
stir();

new ResizeObserver(() => {
  tell("height", { height: document.documentElement.getBoundingClientRect().height });
}).observe(document.documentElement);
tell("ready");

const first = given.get("question");
if (first) ask(first);
