// What is wrong with the sizes on the screen now: an empty list where nothing is.
({ mm, leastTarget, leastCapitals }) => {
  const wrong = [];
  const shown = (element) => element.getClientRects().length > 0;
  const counting = !document.getElementById("countdown").hidden;
  const band = document.getElementById("band").getBoundingClientRect();
  for (const button of document.querySelectorAll("button")) {
    if (!shown(button) || (counting && !button.closest("#countdown, #always"))) continue;
    const name = button.textContent || button.ariaLabel;
    const { left, top, right, bottom, width, height } = button.getBoundingClientRect();
    if (Math.min(width, height) < leastTarget * mm - .5) wrong.push(`small: ${name}`);
    if (left < -1 || top < -1 || right > innerWidth + 1 || bottom > innerHeight + 1) wrong.push(`off the screen: ${name}`);
    if (!counting && (top < band.top - 1 || bottom > band.bottom + 1)) wrong.push(`out of the band: ${name}`);
    const corners = [[left + 8, top + 8], [right - 8, top + 8], [left + 8, bottom - 8], [right - 8, bottom - 8]];
    const free = corners.every(([x, y]) => document.elementFromPoint(x, y)?.closest("button") === button);
    if (!free) wrong.push(`covered: ${name}`);
    if (button.scrollHeight > button.clientHeight + 3 || button.scrollWidth > button.clientWidth + 1) {
      wrong.push(`words do not fit: ${name}`);
    }
  }
  const pen = document.createElement("canvas").getContext("2d");
  const texts = document.createTreeWalker(document.getElementById("kiosk"), NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const element = texts.currentNode.parentElement;
    if (!texts.currentNode.data.trim() || !shown(element)) continue;
    const { fontStyle, fontWeight, fontFamily, fontSize } = getComputedStyle(element);
    pen.font = `${fontStyle} ${fontWeight} 1000px ${fontFamily}`; // large: small ones are rounded
    const capitals = (pen.measureText("H").actualBoundingBoxAscent / 1000) * parseFloat(fontSize);
    if (capitals < (leastCapitals - .02) * mm) wrong.push(`small text: ${texts.currentNode.data}`);
  }
  for (const element of document.querySelectorAll("#page *")) {
    if (element.getBoundingClientRect().right > innerWidth + 1) wrong.push(`too wide: ${element.outerHTML.slice(0, 60)}`);
  }
  return wrong;
}
