// What each view shows: its text on the page, its buttons in the band below.
import { keyboard, written } from "./kiosk-keys.js";
import { fitTiles } from "./kiosk-screen.js";
import { canListen, isListening } from "./kiosk-sound.js";
import { button, dateShown, given, language, languageName, make, questionShown, said, word } from "./kiosk-words.js";

const MOST_TILES = 6;

const texts = {
  attract: () => [],
  questions: () => [
    make("h2", { tabindex: "-1", "data-word": "welcome_heading" }),
    make("p", { class: "lead", dir: "auto" }, said().welcome ?? ""),
  ],
  keyboard: () => [
    make("h2", { tabindex: "-1", "data-word": "write_question" }),
    make("p", { id: "written", dir: "auto", "aria-live": "polite" }, written()),
    ...documentsLanguage(),
  ],
  waiting: ({ question, slow }) => [
    asked(question),
    make("p", { class: "waiting" }, make("span", { class: "dots" }), make("span", { "data-word": slow ? "please_wait" : "waiting" })),
  ],
  answer: (now) => {
    if (now.answer.refused) return [asked(now.question), make("p", { class: "verdict" }, now.answer.refused)];
    return now.answer.found ? foundTexts(now) : notFoundTexts(now);
  },
  document: (now) => {
    const { part } = now;
    const lines = [make("h2", { tabindex: "-1", class: "small", dir: "auto", html: shownQuote(now).title })];
    if (part?.gone) lines.push(make("p", { class: "verdict", "data-word": "document_gone" }));
    else if (part) lines.push(make("div", { class: "text", lang: part.lang, dir: "auto", html: part.html }));
    return lines;
  },
  source: (now) => sourceTexts(shownQuote(now)),
  takeAway: (now) => {
    const { permalink } = shownQuote(now);
    const address = `/take-away?${new URLSearchParams({ quote: permalink, lang: language() })}`;
    return [
      make("h2", { tabindex: "-1", "data-word": "take_away" }),
      make("p", { class: "lead", "data-word": "take_away_how" }),
      make("img", { id: "square", src: address, alt: "", draggable: "false" }),
    ];
  },
};

const controls = {
  attract: () => [
    make("div", { class: "starts" }, ...Object.entries(given.words).map(([code, words]) =>
      button("start", "touch_to_start", { text: words.touch_to_start, "data-language": code, lang: code }))),
  ],
  questions: () => [...tileRow("choose_question"), questionRow()],
  keyboard: () => [make("div", { id: "keyboard" }), row(button("questions", "back"), button("key", "clear", { "data-key": "clear" }))],
  waiting: () => [],
  answer: (now) => {
    if (now.answer.refused) return [...tileRow("choose_question"), questionRow()];
    if (!now.answer.found) return [readingRow(), ...nearbyRow(now), ...tileRow("not_found_help"), questionRow()];
    return [readingRow(), ...answerRows(now), ...tileRow("related_heading"), questionRow()];
  },
  document: ({ part, numbers }) => [readingRow({ part, numbers }), row(button("answer", "back_to_answer", { class: "main" }))],
  source: () => [readingRow(), row(button("answer", "back_to_answer", { class: "main" }), button("document", "see_in_document"))],
  takeAway: () => [readingRow(), row(button("answer", "back_to_answer", { class: "main" }), button("source", "where_from"))],
};

export function draw(page, tools, now) {
  page.replaceChildren(...texts[now.view](now));
  tools.replaceChildren(...controls[now.view](now));
}

export function drawKeys(page, tools) {
  page.querySelector("#written").textContent = written();
  const place = tools.querySelector("#keyboard");
  place.replaceChildren();
  const mm = parseFloat(getComputedStyle(document.documentElement).getPropertyValue("--mm"));
  const keys = keyboard(place.clientWidth, place.clientHeight, mm);
  for (const element of keys.querySelectorAll("[data-label]")) element.setAttribute("aria-label", word(element.dataset.label));
  keys.setAttribute("aria-label", word("keyboard_label"));
  place.append(keys);
  const box = page.querySelector("#written");
  box.scrollIntoView({ block: "end" });
}

// As many questions as have room; "more" goes on with those that had none.
export function fillTiles(tools, now) {
  const holder = tools.querySelector(".tiles");
  if (!holder) return;
  const all = questionsFor(now);
  const first = (now.first ?? 0) % Math.max(1, all.length);
  const ordered = [...all.slice(first), ...all.slice(0, first)];
  const more = tools.querySelector("[data-do=moreQuestions]");
  const heading = holder.previousElementSibling;
  heading.hidden = false;
  more.hidden = true;
  let n = fitTiles(holder, ordered.slice(0, MOST_TILES).map(tile));
  more.hidden = n >= all.length;
  if (!more.hidden) n = fitTiles(holder, ordered.slice(0, n).map(tile));
  if (n === 0) heading.hidden = true;
  now.next = first + n;
}

function questionsFor({ view, answer }) {
  return view === "answer" && !answer.refused ? answer.related : Object.keys(said().questions);
}

function tile(question) {
  return button("question", "", { text: questionShown(question), "data-question": question, class: "tile" });
}

function row(...buttons) {
  return make("div", { class: "row" }, ...buttons);
}

function tileRow(heading) {
  return [make("h3", { "data-word": heading }), make("div", { class: "tiles" })];
}

function questionRow() {
  const asking = row(button("keyboard", "own_question"), button("moreQuestions", "more_questions", { hidden: "" }));
  asking.classList.add("asking");
  return asking;
}

// Hidden until there is more than has room; in a document, of which there may be more `numbers`
// of parts than are on the page, it is always there.
function readingRow({ part, numbers } = {}) {
  const buttons = row(button("readBack", "read_back"), button("readOn", "read_on"));
  buttons.hidden = part === undefined;
  if (part === undefined) return buttons;
  buttons.dataset.always = "";
  const [back, on] = buttons.children;
  back.toggleAttribute("data-before", Boolean(numbers?.length) && Math.min(...numbers) > 0);
  on.toggleAttribute("data-after", Boolean(numbers?.length) && Math.max(...numbers) < part.last);
  return buttons;
}

function answerRows({ answer, quote }) {
  const shown = answer.quotes[quote];
  const n = answer.quotes.length;
  const first = [button("document", "see_in_document"), button("source", "where_from")];
  const second = [button("takeAway", "take_away")];
  if (canListen(shown.lang)) second.unshift(button("listen", "listen"));
  if (n > 1) second.push(button("nextQuote", "next_quote", { values: { number: ((quote + 1) % n) + 1, n } }));
  return [make("div", { class: "row layers" }, ...first, ...second)];
}

function nearbyRow({ answer }) {
  return answer.nearby.length ? [row(button("document", "see_in_document"))] : [];
}

// While a quote is read aloud its buttons stand above the questions, of which fewer have room then.
export function showListening(tools, now) {
  const listening = isListening();
  tools.querySelector(".sound")?.remove();
  tools.querySelector("[data-do=listen], [data-do=stop]")?.replaceWith(
    listening ? button("stop", "stop", { class: "main" }) : button("listen", "listen"));
  if (listening) {
    const names = ["slower", "faster", "quieter", "louder"];
    const buttons = make("div", { class: "row sound" }, ...names.map((name) => button(name, name)));
    tools.querySelector(".layers").after(buttons);
  }
  fillTiles(tools, now);
}

function asked(question) {
  return make("h2", { class: "asked", tabindex: "-1", dir: "auto" }, questionShown(question));
}

export function shownQuote({ answer, quote }) {
  return answer.found ? answer.quotes[quote] : answer.nearby[0];
}

function foundTexts({ question, answer, quote }) {
  const shown = answer.quotes[quote];
  return [
    asked(question),
    ...(answer.understood ? [make("p", { class: "understood" }, make("span", { "data-word": "understood_as" }), " ", make("q", { html: answer.understood, dir: "auto" }))] : []),
    ...(answer.doubtful ? [make("p", { class: "understood", "data-word": "doubtful" })] : []),
    make("blockquote", { class: "grows" }, make("p", { class: "words", lang: shown.lang, dir: "auto", html: shown.words })),
    make("p", { class: "source" }, ...sourceLine(shown)),
  ];
}

function notFoundTexts({ question, answer }) {
  const [nearest] = answer.nearby;
  const lines = [asked(question), make("p", { class: "verdict", "data-word": "not_found" })];
  if (nearest) {
    lines.push(make("section", { class: "nearby" },
      make("h3", { "data-word": "related_passages" }),
      make("p", { class: "passage", lang: nearest.lang, dir: "auto", html: nearest.words })));
  } else lines.push(make("p", { class: "lead", "data-word": "not_found_more" }));
  return lines;
}

// Of what day the document is, its kind of text, and its language where that is not the reader's.
function sourceLine({ date, status, translator, lang, page_label: label }) {
  const parts = [];
  if (date) parts.push(make("span", { html: dateShown(date) }));
  if (label) parts.push(make("span", { html: word("page", { label }) }));
  if (status) parts.push(make("span", { html: word(status, { translator }) }));
  if (lang && lang !== language() && languageName(lang)) {
    parts.push(make("span", { class: "badge" }, word("document_in", { language: languageName(lang) })));
  }
  return parts.flatMap((part, i) => (i ? [" · ", part] : [part]));
}

function sourceTexts({ title, details }) {
  const names = given.words[language()].details;
  const lines = details.map(({ name, value, code }) => {
    const shown = name === "date" ? dateShown(value) : (code && languageName(code)) || value;
    return make("div", {}, make("dt", {}, names[name]), make("dd", { html: shown, dir: "auto" }));
  });
  return [make("h2", { tabindex: "-1", class: "small", dir: "auto", html: title }), make("dl", { class: "grows" }, ...lines)];
}

function documentsLanguage() {
  const name = given.documentsLanguage;
  if (!name || name === language() || !languageName(name)) return [];
  return [make("p", { class: "source" }, word("documents_language", { language: languageName(name) }))];
}

export function markPlace(page) {
  const mark = page.querySelector("mark.answering") ?? page.querySelector("mark");
  mark?.scrollIntoView({ block: "center", behavior: "instant" });
}
