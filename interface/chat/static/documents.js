// The document pane: a list to choose from, and one document, of which only the pieces near the
// reader are fetched. Offsets count characters as the server does; marks are made by the server.
import { announce } from "./conversation.js";

const byId = (id) => document.getElementById(id);
const [pane, shelf, reader, list, cards, form] =
  ["pane", "document", "reader", "list", "cards", "search"].map(byId);
const words = document.body.dataset;
const wide = matchMedia("(min-width: 900px)");

// A piece not fetched yet is as tall as its text will be, roughly: lines of 60 characters.
const LINE_CHARACTERS = 60;
const LINE_PIXELS = 34;

let opener = null; // what had the focus when the pane opened over the conversation
let opened = null; // id of the document in the reader
let marked = null; // { start, end, from, to } of the marked place
let wanted = 0; // counts places asked for: an overtaken one stops

const watcher = new IntersectionObserver(
  (entries) => {
    for (const { isIntersecting, target } of entries) if (isIntersecting) fill(target);
  },
  { root: pane, rootMargin: "1500px 0px" },
);

export function startDocuments() {
  byId("open-documents").addEventListener("click", () => open(listOrOnly, { moveFocus: true }));
  byId("all-documents").addEventListener("click", () => showList({ moveFocus: true }));
  byId("close-document").addEventListener("click", () => closeDocument());
  byId("all-documents").hidden = Boolean(words.onlyDocument);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    showCards(0);
  });
  cards.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button?.dataset.document) showDocument(button.dataset.document, { moveFocus: true });
    else if (button?.dataset.offset) showCards(Number(button.dataset.offset), button);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && isOver()) closeDocument();
  });
  wide.addEventListener("change", fitScreen);
  fitScreen();
}

// On a narrow screen the pane lies over the conversation, which then cannot be reached.
function isOver() {
  return !wide.matches && shelf.classList.contains("open");
}

function fitScreen() {
  const over = isOver();
  for (const part of document.querySelectorAll("header.top, main, .skip")) part.inert = over;
  shelf.inert = !wide.matches && !over;
  shelf.setAttribute("role", over ? "dialog" : "complementary");
  if (over) shelf.setAttribute("aria-modal", "true");
  else shelf.removeAttribute("aria-modal");
  if (wide.matches && !opened && list.hidden) listOrOnly({ moveFocus: false });
}

function open(show, options) {
  if (!wide.matches && !isOver()) {
    opener = document.activeElement;
    shelf.classList.add("open");
    fitScreen();
    byId("close-document").focus();
  }
  return show(options);
}

export function closeDocument({ moveFocus = true } = {}) {
  unmark();
  shelf.classList.remove("open");
  fitScreen();
  if (moveFocus) (opener?.isConnected ? opener : byId("question")).focus();
  opener = null;
}

function listOrOnly(options) {
  if (!words.onlyDocument) return showList(options);
  return showDocument(words.onlyDocument, options);
}

// Opens the document that a button of the conversation names, at the place it names.
export async function showPlace(button, { moveFocus = true } = {}) {
  const { document: documentId, start, end, from, to } = button.dataset;
  for (const other of document.querySelectorAll(".cite[aria-current]")) {
    other.removeAttribute("aria-current");
  }
  if (button.matches(".cite")) button.setAttribute("aria-current", "true");
  const place = { start: Number(start), end: Number(end), from, to };
  await open(() => showDocument(documentId, { moveFocus, place }), {});
}

function asked(options) {
  return new URLSearchParams({ ...options, lang: words.language });
}

async function fetchText(address) {
  const reply = await fetch(address);
  if (!reply.ok) throw new Error(String(reply.status));
  return reply.text();
}

async function showDocument(documentId, { moveFocus = false, place = null } = {}) {
  const mine = ++wanted;
  list.hidden = true;
  reader.hidden = false;
  try {
    if (documentId !== opened) {
      const html = await fetchText(`document?${asked({ document_id: documentId })}`);
      if (mine !== wanted) return;
      watcher.disconnect();
      reader.innerHTML = html;
      opened = documentId;
      marked = null;
      pane.scrollTop = 0;
      for (const piece of reader.querySelectorAll(".piece")) prepare(piece);
    }
    if (place) await showMark(place, mine);
  } catch {
    if (mine !== wanted) return;
    opened = null;
    reader.textContent = words.gone;
    announce(words.gone);
  }
  if (moveFocus && mine === wanted) focusOn(place);
}

function focusOn(place) {
  const mark = place && reader.querySelector("mark");
  const target = mark || byId("document-title");
  if (mark) mark.tabIndex = -1;
  target?.focus({ preventScroll: Boolean(place) });
}

function prepare(piece) {
  const lines = (piece.dataset.end - piece.dataset.start) / LINE_CHARACTERS;
  piece.style.minHeight = `${Math.ceil(lines * LINE_PIXELS)}px`;
  watcher.observe(piece);
}

function fill(piece) {
  watcher.unobserve(piece);
  piece.filled ??= fetchPiece(piece).catch(() => {
    piece.filled = undefined; // the next time it comes into sight it is tried again
    watcher.observe(piece);
  });
  return piece.filled;
}

async function fetchPiece(piece) {
  const place = marked ?? {};
  const options = { document_id: opened, number: piece.dataset.number };
  for (const [name, value] of Object.entries(place)) if (value !== undefined) options[name] = value;
  const html = await fetchText(`document/piece?${asked(options)}`);
  piece.innerHTML = html;
  piece.style.minHeight = "";
}

async function showMark(place, mine) {
  unmark();
  marked = place;
  const touched = [...reader.querySelectorAll(".piece")].filter(
    (piece) => piece.dataset.start < place.end && place.start < piece.dataset.end,
  );
  await Promise.all(touched.map((piece) => {
    watcher.unobserve(piece);
    piece.filled = fetchPiece(piece);
    return piece.filled;
  }));
  if (mine !== wanted) return;
  const mark = reader.querySelector("mark.answering") ?? reader.querySelector("mark");
  if (!mark) return;
  // Pieces above are filled as they come near and change their height, so look again.
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const far = Math.abs(mark.getBoundingClientRect().top - pane.getBoundingClientRect().top);
  const smooth = !still && far < 3 * pane.clientHeight;
  mark.scrollIntoView({ block: "center", behavior: smooth ? "smooth" : "instant" });
  if (smooth) return;
  await new Promise((resolve) => setTimeout(resolve, 250));
  if (mine === wanted) mark.scrollIntoView({ block: "center", behavior: "instant" });
}

// Takes the marks out of the document: they belong to the answer before.
export function unmark() {
  marked = null;
  for (const mark of reader.querySelectorAll("mark")) {
    const parent = mark.parentNode;
    mark.replaceWith(...mark.childNodes);
    parent.normalize();
  }
}

async function showList({ moveFocus = false } = {}) {
  wanted += 1;
  reader.hidden = true;
  list.hidden = false;
  pane.scrollTop = 0;
  if (moveFocus) byId("list-heading").focus();
  if (!cards.firstElementChild) await showCards(0);
}

async function showCards(offset, more = null) {
  const search = byId("search-words").value;
  try {
    const html = await fetchText(`documents?${asked({ search, offset })}`);
    if (!more) {
      cards.innerHTML = html;
      announce(cards.querySelector(".n-found")?.textContent ?? "");
      return;
    }
    more.insertAdjacentHTML("beforebegin", html);
    const added = more.previousElementSibling;
    const first = (added.matches("ul") ? added : added.previousElementSibling).querySelector("button");
    more.remove();
    first.focus();
  } catch {
    announce(words.unreachable);
  }
}
