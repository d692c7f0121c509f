// The kiosk: which view is shown, what a touch does there, and the end of a visit.
import { askServer, forget, serverText } from "./kiosk-server.js";
import { attract, stopAttracting } from "./kiosk-attract.js";
import { active, isCounting, rest, startIdle } from "./kiosk-idle.js";
import { forgetWritten, press, typeOn, written } from "./kiosk-keys.js";
import { listenToTouch } from "./kiosk-press.js";
import { findMillimetre, fitQuote, isBandLow, isTextLarge, setBand, setText, showWhatIsLeft, toolsOverflow, turnPage } from "./kiosk-screen.js";
import { findVoices, listen, louder, faster, resetSound, stopListening } from "./kiosk-sound.js";
import { draw, drawKeys, fillTiles, markPlace, showListening, shownQuote } from "./kiosk-views.js";
import { announce, given, make, say, said, setLanguage, word } from "./kiosk-words.js";

const SLOW_MS = 3000;

const byId = (id) => document.getElementById(id);
const [kiosk, page, tools] = ["kiosk", "page", "tools"].map(byId);

let visit = 0; // counts up when one ends: what arrives late for an earlier one is dropped
let turn = ""; // the answer that the next question may follow up
let now = { view: "attract" }; // and what it shows: answer, quote, …
let waitingFor = 0;

// Shows a view. `changes` are what it shows that differs from the one before.
function show(view, changes = {}) {
  stopListening();
  clearTimeout(waitingFor);
  now = { ...now, ...changes, view };
  kiosk.dataset.state = view;
  draw(page, tools, now);
  if (view === "document") openText();
  lookAgain();
  page.scrollTop = 0;
  page.querySelector("h2")?.focus({ preventScroll: true });
}

// After words or sizes have changed.
function lookAgain() {
  byId("title").textContent = said().title;
  byId("institution").textContent = said().institution ?? "";
  setText(isTextLarge() ? "large" : "normal");
  setBand(isBandLow() ? "low" : "high");
  for (const each of document.querySelectorAll("#languages button")) {
    each.setAttribute("aria-pressed", String(each.lang === document.documentElement.lang));
  }
  say(kiosk);
  fillTiles(tools, now);
  fitQuote();
  if (now.view === "keyboard") drawKeys(page, tools);
  showWhatIsLeft();
  if (toolsOverflow()) { // the buttons for reading on have come
    fillTiles(tools, now);
    fitQuote();
    showWhatIsLeft();
  }
  const { height } = byId("always").getBoundingClientRect();
  kiosk.style.setProperty("--always", `${height}px`);
}

function start(language) {
  visit += 1;
  stopAttracting();
  setLanguage(language);
  active();
  show("questions", { first: 0 });
  announce(word("welcome_heading"));
}

async function ask(question) {
  if (!question.trim()) return;
  const asked = visit;
  show("waiting", { question, answer: null, slow: false });
  announce(word("waiting"));
  waitingFor = setTimeout(() => {
    now.slow = true;
    draw(page, tools, now);
    lookAgain();
    announce(word("please_wait"));
  }, SLOW_MS);
  const answer = await askServer(question, turn, () => asked !== visit);
  if (asked !== visit) {
    if (answer?.turn) forget(answer.turn);
    return;
  }
  clearTimeout(waitingFor);
  turn = answer.turn ?? turn;
  forgetWritten();
  show("answer", { answer, quote: 0, first: 0 });
  announce(page.textContent);
}

// The document around the quote, marked there.
async function openText() {
  const asked = now;
  const { place } = shownQuote(now);
  const part = await serverText(place, () => asked !== now);
  if (asked !== now) return;
  now.part = part;
  now.numbers = part.gone ? [] : [part.number];
  draw(page, tools, now);
  lookAgain();
  markPlace(page);
  showWhatIsLeft();
}

// Where a document's part ends, reading on fetches the next one.
async function read(direction) {
  const atEnd = direction > 0
    ? page.scrollHeight - page.clientHeight - page.scrollTop <= 2
    : page.scrollTop <= 2;
  if (now.view === "document" && now.part && atEnd) await addPart(direction);
  turnPage(direction);
}

async function addPart(direction) {
  const asked = now;
  const number = direction > 0 ? Math.max(...now.numbers) + 1 : Math.min(...now.numbers) - 1;
  if (number < 0 || number > now.part.last) return;
  const { document_id } = shownQuote(now).place;
  const part = await serverText({ document_id, number }, () => asked !== now);
  if (asked !== now || part.gone) return;
  now.numbers.push(number);
  const text = page.querySelector(".text");
  const before = page.scrollHeight;
  const piece = make("div", { html: part.html });
  if (direction > 0) text.append(piece);
  else {
    text.prepend(piece);
    page.scrollTop += page.scrollHeight - before;
  }
  const [first, last] = [Math.min(...now.numbers), Math.max(...now.numbers)];
  tools.querySelector("[data-do=readBack]").toggleAttribute("data-before", first > 0);
  tools.querySelector("[data-do=readOn]").toggleAttribute("data-after", last < part.last);
}

// Everything of the visitor goes: from the page, from the browser, from the server.
function endVisit() {
  visit += 1;
  if (turn) forget(turn);
  turn = "";
  stopListening();
  resetSound();
  forgetWritten();
  setText("normal");
  setBand("low");
  now = { view: "attract" };
  page.replaceChildren();
  tools.replaceChildren();
  byId("status").textContent = "";
  getSelection().removeAllRanges();
  for (const storage of ["localStorage", "sessionStorage"]) {
    try {
      window[storage].clear();
    } catch {
      // Storage is switched off: nothing is in it.
    }
  }
  navigator.clipboard?.writeText("").catch(() => {});
  performance.clearResourceTimings();
  begin();
}

function begin() {
  rest();
  setLanguage(given.language);
  show("attract");
  attract(page, tools, fitQuote);
}

function changeLanguage(code) {
  setLanguage(code);
  stopListening();
  if (now.view === "attract") return;
  const { scrollTop } = page;
  draw(page, tools, now);
  lookAgain();
  if (now.view === "document") markPlace(page);
  else page.scrollTop = scrollTop;
}

// Draws anew what depends on the sizes.
function resize(change) {
  change();
  findMillimetre();
  lookAgain();
  if (now.view === "document") markPlace(page);
}

const actions = {
  start: ({ language }) => start(language),
  startAgain: endVisit,
  stay: active,
  language: (_, pressed) => changeLanguage(pressed.lang),
  changeText: () => resize(() => setText(isTextLarge() ? "normal" : "large")),
  moveBand: () => resize(() => setBand(isBandLow() ? "high" : "low")),
  question: ({ question }) => ask(question),
  moreQuestions: () => {
    if (tools.querySelector(".tile")) show(now.view, { first: now.next });
    else show("questions", { first: 0 });
  },
  keyboard: () => show("keyboard"),
  questions: () => show("questions", { first: 0 }),
  key: ({ key }) => {
    press(key);
    drawKeys(page, tools);
    lookAgain();
  },
  ask: () => ask(written()),
  answer: () => show("answer", { first: 0 }),
  document: () => show("document", { part: null, numbers: [] }),
  source: () => show("source"),
  takeAway: () => show("takeAway"),
  nextQuote: () => show("answer", { quote: (now.quote + 1) % now.answer.quotes.length }),
  readOn: () => read(1),
  readBack: () => read(-1),
  listen: () => {
    listen(page.querySelector(".words"), shownQuote(now), { active, changed: () => showListening(tools, now) });
  },
  stop: stopListening,
  faster: () => faster(1),
  slower: () => faster(-1),
  louder: () => louder(1),
  quieter: () => louder(-1),
};

function act(pressed) {
  const action = actions[pressed.dataset.do];
  action?.(pressed.dataset, pressed);
}

function touched(event) {
  if (now.view === "attract") {
    const elsewhere = !event.target.closest?.("button");
    if (event.type === "pointerdown" && elsewhere) addEventListener("pointerup", startHere, { once: true });
    return;
  }
  if (isCounting() && event.target.closest?.("#start-again")) return;
  active();
}

function startHere() {
  if (now.view === "attract") start(given.language);
}

addEventListener("keydown", (event) => {
  if (now.view !== "keyboard" || event.ctrlKey || event.altKey || event.metaKey) return;
  if (event.key === "Enter" && !event.target.closest("button")) ask(written());
  else if (event.key === "Backspace" || (event.key.length === 1 && !event.target.closest("button"))) {
    event.preventDefault();
    typeOn(event.key);
    drawKeys(page, tools);
    lookAgain();
  }
});
page.addEventListener("scroll", showWhatIsLeft, { passive: true });
addEventListener("resize", () => resize(() => {}));

for (const [code, words] of Object.entries(given.words)) {
  const name = make("span", {}, words.language);
  byId("languages").append(make("button", { type: "button", "data-do": "language", lang: code }, name));
}
findMillimetre();
listenToTouch({ act, touched });
startIdle(endVisit);
findVoices();
begin();
document.fonts.ready.then(lookAgain);
