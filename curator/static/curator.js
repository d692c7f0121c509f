// The Curator page works without this file, but for the theme; it spares loading the page anew.

document.getElementById("theme").addEventListener("click", () => {
  const root = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  root.dataset.theme = (root.dataset.theme || system) === "dark" ? "light" : "dark";
  try {
    localStorage.setItem("docent-theme", root.dataset.theme);
  } catch {
    // Storage is switched off: the choice lasts until the page is left.
  }
});

const running = document.querySelector("[data-progress]");
if (running) {
  const bar = running.querySelector("progress");
  const words = running.querySelector(".doing");
  const look = async () => {
    try {
      const said = await (await fetch(running.dataset.progress)).json();
      if (said.state !== "running") {
        location.reload();
        return;
      }
      if (words.textContent !== said.words) words.textContent = said.words;
      if (said.total) {
        bar.max = said.total;
        bar.value = said.done;
      } else {
        bar.removeAttribute("value");
      }
    } catch {
      // The server is away for a moment: look again.
    }
    setTimeout(look, 700);
  };
  setTimeout(look, 300);
}
