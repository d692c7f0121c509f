"use strict";
const form = document.getElementById("filter");
const rows = [...document.querySelectorAll(".questions tbody tr")];
const plain = text => text.normalize("NFKC").toLocaleLowerCase();
const texts = rows.map(row => plain(row.textContent));
function filter() {
  const words = plain(form.elements.words.value).split(/\s+/);
  const kind = form.elements.kind?.value ?? "";
  const failed = form.elements.failed.checked;
  let n = 0;
  rows.forEach((row, place) => {
    row.hidden = !words.every(word => texts[place].includes(word)) ||
      (kind !== "" && row.dataset.kind !== kind) || (failed && !("failed" in row.dataset));
    n += !row.hidden;
  });
  form.querySelector("output").value = `${n} of ${rows.length}`;
}
form.addEventListener("input", filter);
form.addEventListener("submit", event => event.preventDefault());
form.hidden = false;
filter();
// Browsers of late open what a link leads into by themselves.
function open() {
  const place = location.hash && document.getElementById(location.hash.slice(1));
  const folded = place && place.closest("details");
  if (folded && !folded.open) { folded.open = true; place.scrollIntoView(); }
}
addEventListener("hashchange", open);
open();
