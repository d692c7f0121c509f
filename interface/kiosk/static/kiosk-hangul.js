// Letters of the Korean keyboard → syllables: ㄱ ㅏ ㄱ ㅏ are 가가, ㄱ ㅏ ㄱ ㄱ ㅏ are 각가.

const LEADS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ";
const VOWELS = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ";
const TAILS = " ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ";
const PAIRS = {
  "ㅗㅏ": "ㅘ", "ㅗㅐ": "ㅙ", "ㅗㅣ": "ㅚ", "ㅜㅓ": "ㅝ", "ㅜㅔ": "ㅞ", "ㅜㅣ": "ㅟ", "ㅡㅣ": "ㅢ",
  "ㄱㅅ": "ㄳ", "ㄴㅈ": "ㄵ", "ㄴㅎ": "ㄶ", "ㄹㄱ": "ㄺ", "ㄹㅁ": "ㄻ", "ㄹㅂ": "ㄼ", "ㄹㅅ": "ㄽ",
  "ㄹㅌ": "ㄾ", "ㄹㅍ": "ㄿ", "ㄹㅎ": "ㅀ", "ㅂㅅ": "ㅄ",
};
const FIRST_SYLLABLE = 0xac00;

const isVowel = (letter) => letter !== "" && VOWELS.includes(letter);
const isLead = (letter) => letter !== "" && LEADS.includes(letter);
const isTail = (letter) => letter !== "" && letter !== " " && TAILS.includes(letter);

// The text that the letters spell. What is no Korean letter stays as it is.
export function compose(letters) {
  let text = "";
  let rest = [...letters];
  while (rest.length) {
    const [syllable, n] = first(rest);
    text += syllable;
    rest = rest.slice(n);
  }
  return text;
}

// The first syllable of the letters, and how many of them it takes.
function first(letters) {
  const [lead, vowel = ""] = letters;
  if (!isLead(lead) || !isVowel(vowel)) return lone(letters);
  let n = 2;
  let middle = vowel;
  const both = PAIRS[middle + (letters[n] ?? "")];
  if (both && isVowel(both)) {
    middle = both;
    n += 1;
  }
  const tail = tailOf(letters.slice(n));
  return [syllableOf(lead, middle, tail), n + [...splitTail(tail)].length];
}

// The consonants that close the syllable; the last one before a vowel opens the next syllable.
function tailOf(letters) {
  const [one = "", two = "", three = ""] = letters;
  if (!isTail(one) || isVowel(two)) return "";
  const both = PAIRS[one + two];
  return both && isTail(both) && !isVowel(three) ? both : one;
}

function splitTail(tail) {
  const pair = Object.keys(PAIRS).find((each) => PAIRS[each] === tail && isTail(tail));
  return pair ?? tail;
}

// A letter that is no syllable: two vowels may still be one.
function lone(letters) {
  const both = PAIRS[letters[0] + (letters[1] ?? "")];
  return both && isVowel(both) ? [both, 2] : [letters[0], 1];
}

function syllableOf(lead, vowel, tail) {
  const place = (LEADS.indexOf(lead) * VOWELS.length + VOWELS.indexOf(vowel)) * TAILS.length;
  return String.fromCharCode(FIRST_SYLLABLE + place + TAILS.indexOf(tail || " "));
}
