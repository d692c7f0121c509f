// Reading a quote aloud, in the document's language: by a voice of the server's machine, else by one
// of the browser's own that is on this machine. The words are marked as they are spoken.

const SPEEDS = [0.7, 0.85, 1, 1.2, 1.4];
const VOLUMES = [0.25, 0.4, 0.6, 0.8, 1];
const MIDDLE = 2;
const TICK_MS = 50;

let voices = []; // languages that the server's machine speaks
let speed = MIDDLE;
let volume = MIDDLE;
let playing = null; // { stop, gain, words element, … }
let context = null;

export async function findVoices() {
  try {
    const reply = await fetch("/speech/voices");
    voices = reply.ok ? await reply.json() : [];
  } catch {
    voices = [];
  }
}

function browserVoice(lang) {
  const local = globalThis.speechSynthesis?.getVoices().filter((voice) => voice.localService) ?? [];
  return local.find((voice) => voice.lang.toLowerCase().startsWith(lang));
}

export function canListen(lang) {
  return speaks(lang) || Boolean(lang && browserVoice(lang));
}

// The server reads documents of which no language is known in English.
function speaks(lang) {
  return voices.includes(lang || "en");
}

export function isListening() {
  return playing !== null;
}

export function resetSound() {
  speed = MIDDLE;
  volume = MIDDLE;
}

export function stopListening() {
  const ended = playing;
  playing = null;
  ended?.stop();
  CSS.highlights?.delete("spoken");
  ended?.changed();
}

export function listen(element, quote, { active, changed }, from = 0) {
  stopListening();
  const mine = { element, quote, active, changed, spoken: from, gain: null, stop: () => {} };
  playing = mine;
  const speaking = speaks(quote.lang) ? byServer(mine, from) : byBrowser(mine);
  speaking.catch(() => { if (playing === mine) stopListening(); });
  changed();
}

// Slower and faster go on from the word that is being spoken.
export function faster(step) {
  const before = speed;
  speed = Math.min(SPEEDS.length - 1, Math.max(0, speed + step));
  if (playing && speed !== before) listen(playing.element, playing.quote, playing, playing.spoken);
}

export function louder(step) {
  volume = Math.min(VOLUMES.length - 1, Math.max(0, volume + step));
  if (playing?.gain) playing.gain.gain.value = VOLUMES[volume];
}

async function byServer(mine, from) {
  const asked = { quote: mine.quote.permalink, speed: SPEEDS[speed] };
  const body = JSON.stringify(asked);
  const headers = { "Content-Type": "application/json" };
  const [sound, words] = await Promise.all([
    fetch("/speech", { method: "POST", cache: "no-store", headers, body }).then(checked).then((reply) => reply.arrayBuffer()),
    fetch(`/speech/words?${new URLSearchParams(asked)}`, { cache: "no-store" }).then(checked).then((reply) => reply.json()),
  ]);
  if (playing !== mine) return;
  context ??= new AudioContext();
  await context.resume();
  const buffer = await context.decodeAudioData(sound);
  if (playing !== mine) return;
  play(mine, buffer, words, from);
}

function checked(reply) {
  if (!reply.ok) throw new Error(String(reply.status));
  return reply;
}

function play(mine, buffer, words, from) {
  const source = new AudioBufferSourceNode(context, { buffer });
  mine.gain = new GainNode(context, { gain: VOLUMES[volume] });
  source.connect(mine.gain).connect(context.destination);
  const offset = words[from]?.start ?? 0;
  const began = context.currentTime - offset;
  const ticks = setInterval(() => {
    const at = context.currentTime - began;
    const word = words.findLastIndex((each) => each.start <= at);
    if (word < 0) return;
    mine.spoken = word;
    mark(mine.element, words[word].from, words[word].to);
    mine.active();
  }, TICK_MS);
  mine.stop = () => {
    clearInterval(ticks);
    source.onended = null;
    source.stop();
    mine.gain.disconnect();
  };
  source.onended = () => { if (playing === mine) stopListening(); };
  source.start(0, offset);
}

async function byBrowser(mine) {
  const words = new SpeechSynthesisUtterance(mine.element.textContent);
  words.voice = browserVoice(mine.quote.lang);
  words.lang = words.voice.lang;
  words.rate = SPEEDS[speed];
  words.volume = VOLUMES[volume];
  words.onboundary = ({ charIndex, charLength }) => {
    if (playing !== mine) return;
    mark(mine.element, charIndex, charIndex + (charLength || 1));
    mine.active();
  };
  words.onend = () => { if (playing === mine) stopListening(); };
  mine.stop = () => speechSynthesis.cancel();
  speechSynthesis.speak(words);
}

// Marks characters without touching the text itself. The server counts code points, and where a
// character cannot be in HTML its place is an empty element.
function mark(element, from, to) {
  const range = new Range();
  const ends = [[from, "setStart"], [to, "setEnd"]];
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
  let seen = 0;
  for (let node = walker.nextNode(); node && ends.length; node = walker.nextNode()) {
    if (node.nodeType === Node.ELEMENT_NODE) {
      if (node.matches("bdi.control:empty")) seen += 1;
      continue;
    }
    const characters = [...node.data];
    while (ends.length && ends[0][0] <= seen + characters.length) {
      const [place, setEnd] = ends.shift();
      range[setEnd](node, characters.slice(0, Math.max(0, place - seen)).join("").length);
    }
    seen += characters.length;
  }
  if (ends.length < 2) CSS.highlights?.set("spoken", new Highlight(range));
}
