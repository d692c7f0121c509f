// Between visits: questions of this collection with their quotes, one after the other.
import { attractions } from "./kiosk-server.js";
import { dateShown, given, make, questionShown, said } from "./kiosk-words.js";

let timer = 0;
let loop = 0; // counts up when one ends
let quotes = [];
let place = 0;
let server = ""; // which start of the server this page is from

export async function attract(page, tools, drawn) {
  loop += 1;
  const mine = loop;
  showNext(page, drawn, mine);
  await renew(mine);
  if (mine === loop && quotes.length && !page.querySelector(".words")) showNext(page, drawn, mine);
}

export function stopAttracting() {
  loop += 1;
  clearTimeout(timer);
}

// A server that was started anew may have other documents and another page: both are fetched.
async function renew(mine) {
  const said = await attractions();
  if (mine !== loop || !said) return;
  if (server && server !== said.server) location.reload();
  server = said.server;
  quotes = said.quotes;
}

// Where the collection suggests no question that has an answer.
function showWelcome(page) {
  const { title, welcome } = said();
  page.replaceChildren(
    make("h2", { class: "title", dir: "auto" }, title),
    make("p", { class: "lead", dir: "auto" }, welcome ?? ""),
  );
}

function source({ title, date }) {
  const name = make("span", { html: title, dir: "auto" });
  return date ? [make("span", { html: dateShown(date) }), " · ", name] : [name];
}

function showNext(page, drawn, mine) {
  if (mine !== loop) return;
  clearTimeout(timer);
  timer = setTimeout(() => {
    renew(mine).then(() => showNext(page, drawn, mine));
  }, given.attract * 1000);
  if (!quotes.length) {
    showWelcome(page);
    return;
  }
  const quote = quotes[place % quotes.length];
  place += 1;
  page.replaceChildren(
    make("p", { class: "asked", dir: "auto" }, questionShown(quote.question)),
    make("blockquote", { class: "grows" }, make("p", { class: "words", lang: quote.lang, dir: "auto", html: quote.words })),
    make("p", { class: "source" }, ...source(quote)),
  );
  drawn();
}
