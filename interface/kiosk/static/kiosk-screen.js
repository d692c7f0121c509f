// Sizes in millimetres, the size of the text, and reading on where a text is longer than its page.
import { given, word } from "./kiosk-words.js";

const MM_PER_INCH = 25.4;
const SMALL = 12.5; // inches: one stands nearer to such a screen
const LARGEST = 3.2; // times the size of the text, for a quote that has the room
const LARGEST_DETAILS = 1.4; // for what is known of a document
const STEP = 0.1;

const byId = (id) => document.getElementById(id);
const root = document.documentElement;
const [kiosk, page, more] = ["kiosk", "page", "more"].map(byId);

// CSS pixels in a millimetre: both the screen's size and its diagonal are known.
export function findMillimetre() {
  const diagonal = Math.hypot(screen.width, screen.height);
  root.style.setProperty("--mm", `${diagonal / (given.diagonal * MM_PER_INCH)}px`);
  root.toggleAttribute("data-small", given.diagonal < SMALL);
}

export function setText(size) {
  root.dataset.text = size;
  const large = size === "large";
  byId("text-size").querySelector("span").textContent = word(large ? "smaller_text" : "larger_text");
}

export function setBand(place) {
  kiosk.dataset.band = place;
  const low = place === "low";
  byId("band-place").querySelector("span").textContent = word(low ? "controls_higher" : "controls_lower");
}

export function isTextLarge() {
  return root.dataset.text === "large";
}

export function isBandLow() {
  return kiosk.dataset.band === "low";
}

function overflows(element) {
  return element.scrollHeight > element.clientHeight + 1;
}

// Quotes are as large as the page has room for, and never smaller than the text.
export function fitQuote() {
  const quote = page.querySelector(".grows");
  if (!quote) return;
  let scale = quote.matches("dl") ? LARGEST_DETAILS : LARGEST;
  quote.style.setProperty("--scale", scale);
  while (scale > 1 && (overflows(page) || quote.scrollWidth > quote.clientWidth)) {
    scale = Math.max(1, scale - STEP);
    quote.style.setProperty("--scale", scale);
  }
}

// Takes out what does not fit into the band, from the last on; says how many are left. Before there
// is none the band grows.
export function fitTiles(holder, tiles) {
  delete kiosk.dataset.tall;
  holder.replaceChildren(...tiles);
  let n = tiles.length;
  while (n > 1 && overflows(byId("tools"))) {
    n -= 1;
    holder.replaceChildren(...tiles.slice(0, n));
  }
  if (overflows(byId("tools"))) kiosk.dataset.tall = "";
  if (overflows(byId("tools"))) {
    n = 0;
    holder.replaceChildren();
  }
  return n;
}

export function turnPage(direction) {
  const lines = page.clientHeight - 2 * parseFloat(getComputedStyle(page).lineHeight);
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const top = page.scrollTop + direction * Math.max(lines, page.clientHeight / 2);
  page.scrollTo({ top, behavior: still ? "instant" : "smooth" });
}

export function toolsOverflow() {
  return overflows(byId("tools"));
}

// The buttons for reading on are there where there is more to read.
export function showWhatIsLeft() {
  const below = page.scrollHeight - page.clientHeight - page.scrollTop > 2;
  const above = page.scrollTop > 2;
  more.hidden = !below;
  const [back, on] = ["readBack", "readOn"].map((action) => document.querySelector(`[data-do=${action}]`));
  if (!back || !on) return;
  back.parentElement.hidden = !overflows(page) && !("always" in back.parentElement.dataset);
  back.disabled = !above && !("before" in back.dataset);
  on.disabled = !below && !("after" in on.dataset);
}
