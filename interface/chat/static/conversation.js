// What the chat's page and the chat in a frame have in common: how a question is taken, what stands
// there until its answer comes, copying, and what a screen reader is told.

const byId = (id) => document.getElementById(id);
const [turns, form, box] = ["turns", "ask", "question"].map(byId);
const words = document.body.dataset;

export function announce(text) {
  byId("status").textContent = "";
  setTimeout(() => { byId("status").textContent = text; }, 50);
}

// Calls `ask(question)` for what was written, unless `isAsking()`: then it stays in the box.
export function takeQuestions(isAsking, ask) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (isAsking()) return;
    const question = box.value;
    box.value = "";
    ask(question);
  });
  box.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    form.requestSubmit();
  });
}

export function waitingTurn(question) {
  const turn = document.createElement("div");
  const heading = document.createElement("h2");
  heading.className = "asked";
  heading.dir = "auto";
  heading.textContent = question.trim() ? question : box.labels[0].textContent;
  turn.append(heading, byId("waiting").content.cloneNode(true));
  turns.append(turn);
  announce(turn.querySelector(".waiting-words").textContent);
  return turn;
}

export async function copy(button) {
  const text = button.parentElement.querySelector("pre");
  let done = true;
  try {
    await navigator.clipboard.writeText(text.textContent);
  } catch {
    // Pages without https, and frames whose host does not pass the right on, may not do that.
    getSelection().selectAllChildren(text);
    done = document.execCommand("copy");
  }
  announce(done ? words.copied : words.notCopied);
  button.classList.toggle("done", done);
  if (done) setTimeout(() => button.classList.remove("done"), 2000);
}
