// Runs before the page is drawn, so that a chosen theme does not flash in the other one first.
try {
  const theme = localStorage.getItem("docent-theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch {
  // Storage is switched off: the system's choice stands.
}
