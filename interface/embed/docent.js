// One line on a page of a museum brings Docent into it:
//   <script src="https://docent.example/docent.js" data-language="de" async></script>
// The chat itself stays a page of Docent's own, in a frame: nothing of it runs in the host page.
(() => {
  const script = document.currentScript;
  const docent = new URL(".", script.src);
  const { language, theme, question, title = "Docent", maxHeight = "640" } = script.dataset;
  const SHORTEST = 160; // pixels
  const PATIENCE_MS = 3000; // after the frame was loaded, until its first word

  const place = document.createElement("div");
  place.className = "docent";
  const frame = document.createElement("iframe");
  frame.title = title;
  frame.allow = "clipboard-write";
  Object.assign(frame.style, {
    display: "block", width: "100%", height: "360px", border: "0", colorScheme: "normal",
  });
  place.append(frame);

  // In the head nothing can be shown: then the chat goes to the end of the page.
  if (script.closest("body")) script.after(place);
  else if (document.readyState !== "loading") document.body.append(place);
  else addEventListener("DOMContentLoaded", () => document.body.append(place));

  const link = document.createElement("a");
  Object.assign(link, { href: docent.href, target: "_blank", rel: "noopener", textContent: title });

  let ready = false;
  const waiting = []; // said before the frame listened

  function tell(message) {
    if (ready) frame.contentWindow.postMessage(message, docent.origin);
    else waiting.push(message);
  }

  // What a page may do with the chat: place.docent.ask("Who wrote this?")
  place.docent = {
    ask: (words) => tell({ docent: "ask", question: String(words) }),
    theme: (name) => tell({ docent: "theme", theme: String(name) }),
    reset: () => tell({ docent: "reset" }),
  };

  function resize(height) {
    if (!Number.isFinite(height)) return;
    const tallest = maxHeight === "none" ? Infinity : Number(maxHeight) || 640;
    frame.style.height = `${Math.ceil(Math.max(SHORTEST, Math.min(tallest, height)))}px`;
  }

  addEventListener("message", ({ origin, source, data }) => {
    if (origin !== docent.origin || source !== frame.contentWindow || !data?.docent) return;
    const { docent: name, height, ...detail } = data;
    if (name === "height") return resize(height);
    if (name === "ready") {
      ready = true;
      if (!frame.isConnected) link.replaceWith(frame);
      for (const message of waiting.splice(0)) tell(message);
    }
    if (["ready", "asked", "answered", "idle"].includes(name)) {
      place.dispatchEvent(new CustomEvent(`docent:${name}`, { bubbles: true, detail }));
    }
  });

  // A frame that was refused (this page is not on Docent's list) leaves a link in its place.
  frame.addEventListener("load", () => {
    setTimeout(() => { if (!ready && frame.isConnected) frame.replaceWith(link); }, PATIENCE_MS);
  });

  // A page that is never dark gets no dark box, whatever its visitor's system prefers.
  const scheme = getComputedStyle(document.documentElement).colorScheme;
  const look = theme || (scheme.includes("dark") ? "" : "light");
  const asked = { lang: language, theme: look, question, host: location.origin };
  const given = Object.entries(asked).filter(([, value]) => value);
  frame.src = new URL(`embed?${new URLSearchParams(given)}`, docent).href;
})();
