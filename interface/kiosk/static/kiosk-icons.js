// Small pictures beside the words of buttons: lines on a field of 24 by 24.
const NAMESPACE = "http://www.w3.org/2000/svg";

const LINES = {
  start: "M9 11V5.5a1.7 1.7 0 0 1 3.4 0V11m0-1.200a1.700 1.700 0 0 1 3.400 0V12m0-.8a1.600 1.600 0 0 1 3.200 0V15c0 3.600-2.200 6-5.600 6-2.600 0-4-1-5.200-3L5.600 14c-.8-1.500 1-2.600 2.100-1.400L9 14.200",
  document: "M6 3.500h8L18.500 8v12.500H6zM14 3.500V8h4.500M9 12.500h6.500M9 16h6.500",
  source: "M3.500 9 12 4l8.500 5M5 20h14M6.500 11v6.500M10.200 11v6.500M13.800 11v6.500M17.500 11v6.500",
  listen: "M4 9.500h3.500L12 5.500v13l-4.500-4H4zM15.500 9a4.200 4.200 0 0 1 0 6M18 6.500a8 8 0 0 1 0 11",
  stop: "M7 7h10v10H7z",
  takeAway: "M4 4h6v6H4zM14 4h6v6h-6zM4 14h6v6H4zM14 14h2.500v2.500M20 14v6h-6M17.500 17.500V20",
  nextQuote: "M4 12h15M13 6l6 6-6 6",
  answer: "M20 12H5M11 6l-6 6 6 6",
  questions: "M20 12H5M11 6l-6 6 6 6",
  keyboard: "M3.500 6.500h17v11h-17zM7 10h.1M10.300 10h.1M13.700 10h.1M17 10h.1M8 14h8",
  moreQuestions: "M5 12h.1M12 12h.1M19 12h.1",
  readOn: "M12 4v15M6 13l6 6 6-6",
  readBack: "M12 20V5M6 11l6-6 6 6",
  stay: "M5 13l4.500 4.500L19 7",
  slower: "M5 12h14",
  faster: "M5 12h14M12 5v14",
  quieter: "M6 9.500h3.500L14 5.500v13l-4.500-4H6z",
  louder: "M4 9.500h3.500L12 5.500v13l-4.500-4H4zM15.500 9a4.200 4.200 0 0 1 0 6M18 6.500a8 8 0 0 1 0 11",
};

// The picture for what a button does, or nothing.
export function icon(action) {
  if (!LINES[action]) return [];
  const picture = document.createElementNS(NAMESPACE, "svg");
  picture.setAttribute("viewBox", "0 0 24 24");
  picture.setAttribute("aria-hidden", "true");
  const line = document.createElementNS(NAMESPACE, "path");
  line.setAttribute("d", LINES[action]);
  picture.append(line);
  return [picture];
}
