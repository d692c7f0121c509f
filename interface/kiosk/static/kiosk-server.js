// What the page asks of the server. While the server is away, it asks again until it is there: a
// visitor waits a moment longer and never sees an error.
import { language } from "./kiosk-words.js";

const AGAIN_MS = 1000;

const pause = (ms) => new Promise((resolve) => { setTimeout(resolve, ms); });

// JSON of the reply, or null once nobody waits for it any more (`given up`).
async function fetchUntil(isGivenUp, address, options) {
  for (;;) {
    try {
      const reply = await fetch(address, { cache: "no-store", ...options });
      if (reply.status < 500) return await reply.json();
    } catch {
      // The server is away, or went while it answered.
    }
    if (isGivenUp()) return null;
    await pause(AGAIN_MS);
    if (isGivenUp()) return null;
  }
}

function posted(content) {
  const headers = { "Content-Type": "application/json" };
  return { method: "POST", headers, body: JSON.stringify(content) };
}

export function askServer(question, turn, isGivenUp) {
  return fetchUntil(isGivenUp, "/kiosk/ask", posted({ question, turn, language: language() }));
}

export function serverText(place, isGivenUp) {
  const asked = new URLSearchParams({ ...place, lang: language() });
  return fetchUntil(isGivenUp, `/kiosk/text?${asked}`);
}

export function attractions() {
  return fetchUntil(() => true, "/kiosk/attract");
}

// What the server remembers of a visit. If it is away it remembers nothing.
export function forget(turn) {
  fetch("/kiosk/forget", { ...posted({ turn }), keepalive: true }).catch(() => {});
}
