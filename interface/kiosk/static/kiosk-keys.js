// The keyboard on the screen. What was typed is kept key by key: Korean syllables are composed of it
// anew each time, and deleting takes one key back.
import { compose } from "./kiosk-hangul.js";
import { button, language, make } from "./kiosk-words.js";

const MOST_CHARACTERS = 300;
const LEAST_KEY_MM = 15;
const GAP_MM = 1.5;
const DIGITS = "1234567890";

// Rows of letters as the language's own keyboards have them; accents where they have no dead keys.
const LAYOUTS = {
  en: ["qwertyuiop", "asdfghjkl'", "zxcvbnm-,.?"],
  de: ["qwertzuiopü", "asdfghjklöä", "yxcvbnmß-,.?"],
  fr: ["azertyuiop", "qsdfghjklm", "wxcvbn'-,.?", "éèêëàâçîïôùû"],
  es: ["qwertyuiop", "asdfghjklñ", "zxcvbnm-,.", "áéíóúü¿?"],
  ko: ["ㅂㅈㄷㄱㅅㅛㅕㅑㅐㅔ", "ㅁㄴㅇㄹㅎㅗㅓㅏㅣ", "ㅋㅌㅊㅍㅠㅜㅡ-,.?"],
};
const KOREAN_CAPITALS = { ㅂ: "ㅃ", ㅈ: "ㅉ", ㄷ: "ㄸ", ㄱ: "ㄲ", ㅅ: "ㅆ", ㅐ: "ㅒ", ㅔ: "ㅖ" };

let typed = []; // keys, in order
let capitals = false;
let latin = false; // English letters on the Korean keyboard: names are written with them
let shownPage = 0; // of keys, where not all of them have room

export function written() {
  return compose(typed.join(""));
}

export function forgetWritten() {
  typed = [];
  capitals = false;
  latin = false;
  shownPage = 0;
}

// From keys that are attached to the screen.
export function typeOn(key) {
  if (key === "Backspace") typed.pop();
  else if ([...key].length === 1 && typed.length < MOST_CHARACTERS) typed.push(key);
}

export function press(key) {
  if (key === "delete") typed.pop();
  else if (key === "clear") typed = [];
  else if (key === "capitals") capitals = !capitals;
  else if (key === "latin") latin = !latin;
  else if (key === "more") shownPage += 1;
  else if (typed.length < MOST_CHARACTERS) {
    typed.push(key === "space" ? " " : key);
    capitals = false;
  }
}

function rows() {
  const code = LAYOUTS[language()] && !latin ? language() : "en";
  const letters = LAYOUTS[code].map((row) => [...row].map(capital));
  return [[...DIGITS], ...letters];
}

function capital(letter) {
  if (!capitals) return letter;
  return KOREAN_CAPITALS[letter] ?? (letter === "ß" ? letter : letter.toLocaleUpperCase(language()));
}

// No more keys in a row than have room at their size: a narrow screen has more rows instead.
function arranged(wanted, width, mm) {
  const most = Math.max(1, Math.floor((width + GAP_MM * mm) / ((LEAST_KEY_MM + GAP_MM) * mm)));
  if (wanted.every((row) => row.length <= most)) return wanted;
  const keys = wanted.flat();
  const n = Math.ceil(keys.length / most);
  const each = Math.ceil(keys.length / n);
  return Array.from({ length: n }, (_, i) => keys.slice(i * each, (i + 1) * each));
}

// The keyboard for a place of that size in pixels.
export function keyboard(width, height, mm) {
  const all = arranged(rows(), width, mm);
  const tall = (LEAST_KEY_MM + GAP_MM) * mm;
  const room = Math.max(1, Math.floor((height + GAP_MM * mm) / tall) - 1); // one for the last row
  const pages = Math.ceil(all.length / room);
  const first = (shownPage % pages) * room;
  // The letters come first where not all fit, the digits last.
  const ordered = pages > 1 ? [...all.slice(1), all[0]] : all;
  const shown = ordered.slice(first, first + room).map((row) => keyRow(row.map(letterKey)));
  return make("div", { id: "keys", role: "group", "data-label": "keyboard_label" }, ...shown, lastRow(pages));
}

function letterKey(letter) {
  return make("button", { type: "button", "data-do": "key", "data-key": letter, class: "key" }, letter);
}

function keyRow(keys) {
  return make("div", { class: "key-row" }, ...keys);
}

function lastRow(pages) {
  const named = (key, icon, extra) =>
    make("button", { type: "button", "data-do": "key", "data-key": key, class: "key named", ...extra }, icon);
  const keys = [named("capitals", "⇧", { "data-label": "capitals", "aria-pressed": capitals })];
  if (language() === "ko") keys.push(named("latin", latin ? "한" : "A", { lang: latin ? "ko" : "en" }));
  if (pages > 1) keys.push(named("more", "…", { "data-label": "more_keys" }));
  const space = button("key", "space", { "data-key": "space", class: "key space" });
  const remove = named("delete", "⌫", { "data-label": "delete" });
  const ask = button("ask", "ask", { class: "main" });
  return make("div", { class: "key-row last" }, ...keys, space, remove, ask);
}
