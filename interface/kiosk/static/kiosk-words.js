// The words of the page: all languages are in it, so that switching asks the server nothing.
import { icon } from "./kiosk-icons.js";

export const given = JSON.parse(document.body.dataset.given);

let code = given.language;

export function language() {
  return code;
}

export function setLanguage(wanted) {
  code = given.words[wanted] ? wanted : given.language;
  document.documentElement.lang = code;
  say(document);
}

// A word of the wording; {braces} are filled from `values`.
export function word(name, values = {}) {
  const sentence = given.words[code][name] ?? "";
  return sentence.replace(/\{(\w+)\}/g, (whole, key) => values[key] ?? whole);
}

// What the collection itself says in this language.
export function said() {
  return given.said[code];
}

// How a question of the collection is shown; others are shown as they were asked.
export function questionShown(question) {
  return said().questions[question] ?? question;
}

// The name of a language in the language of the page.
export function languageName(of) {
  try {
    return new Intl.DisplayNames([code], { type: "language", fallback: "none" }).of(of) ?? "";
  } catch {
    return ""; // not a code that browsers know
  }
}

// 1963-06-20 as the language writes it; anything else as it stands.
export function dateShown(value) {
  const found = /^(\d{4})(?:-(\d\d))?(?:-(\d\d))?$/.exec(value);
  if (!found) return value;
  const [, year, month, day] = found;
  const style = { year: "numeric", timeZone: "UTC" };
  if (month) style.month = "long";
  if (day) style.day = "numeric";
  const moment = new Date(Date.UTC(Number(year), Number(month ?? 1) - 1, Number(day ?? 1)));
  return new Intl.DateTimeFormat(code, style).format(moment);
}

// Writes the words into everything that names one.
export function say(root) {
  for (const element of root.querySelectorAll("[data-word]")) {
    element.textContent = word(element.dataset.word, element.dataset);
  }
  for (const element of root.querySelectorAll("[data-label]")) {
    element.setAttribute("aria-label", word(element.dataset.label, element.dataset));
  }
}

export function announce(text) {
  const status = document.getElementById("status");
  status.textContent = "";
  setTimeout(() => { status.textContent = text; }, 50);
}

// An element with attributes and children; the only way in which this page makes elements.
export function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key === "html") element.innerHTML = value; // from the server, which has escaped it
    else if (value !== undefined) element.setAttribute(key, value);
  }
  element.append(...children);
  return element;
}

// A button whose name is a word of the wording, or `text`.
export function button(action, name, { text, values = {}, ...attributes } = {}) {
  const label = text === undefined ? { "data-word": name } : { dir: "auto" };
  for (const [key, value] of Object.entries(values)) label[`data-${key}`] = value;
  const inside = make("span", label, text ?? word(name, values));
  return make("button", { type: "button", "data-do": action, ...attributes }, ...icon(action), inside);
}
