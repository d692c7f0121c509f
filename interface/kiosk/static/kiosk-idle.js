// When nobody touches, scrolls, types or listens: a countdown that one touch stops, then the end of
// the visit. How often it is stopped does not matter.
import { given } from "./kiosk-words.js";

const SECOND = 1000;
const byId = (id) => document.getElementById(id);

let timer = 0;
let ended = () => {};

export function startIdle(whenEnded) {
  ended = whenEnded;
}

export function isCounting() {
  return !byId("countdown").hidden;
}

// Somebody is here: the time begins anew.
export function active() {
  clearTimeout(timer);
  byId("countdown").hidden = true;
  timer = setTimeout(() => count(given.countdown), given.idle * SECOND);
}

// Nobody is expected to be here.
export function rest() {
  clearTimeout(timer);
  byId("countdown").hidden = true;
}

function count(left) {
  if (left <= 0) {
    rest();
    ended();
    return;
  }
  byId("seconds").textContent = String(Math.ceil(left));
  if (byId("countdown").hidden) {
    byId("countdown").hidden = false;
    byId("stay").focus({ preventScroll: true });
  }
  const step = Math.min(1, left);
  timer = setTimeout(() => count(left - step), step * SECOND);
}
