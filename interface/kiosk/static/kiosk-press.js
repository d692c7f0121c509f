// Touching: a button changes when it is pressed, acts when it is let go, and does nothing when the
// finger slid off it before. One finger at a time; no long press, no second tap, no pinch.

let pressed = null; // { button, pointerId, inside }

function buttonAt(event) {
  const under = document.elementFromPoint(event.clientX, event.clientY);
  const button = under?.closest("button");
  return button && !button.disabled ? button : null;
}

function letGo() {
  pressed?.button.classList.remove("pressed");
  pressed = null;
}

// Calls `act(button)` for a button that was pressed, `touched()` for anything that was touched.
export function listenToTouch({ act, touched }) {
  addEventListener("pointerdown", (event) => {
    touched(event);
    if (!event.isPrimary || pressed) return;
    const button = buttonAt(event);
    if (!button) return;
    pressed = { button, pointerId: event.pointerId };
    button.classList.add("pressed");
    event.preventDefault(); // else the focus would go to whatever comes to stand there
  });
  addEventListener("pointermove", (event) => {
    if (event.pointerId !== pressed?.pointerId) return;
    pressed.button.classList.toggle("pressed", buttonAt(event) === pressed.button);
  });
  addEventListener("pointerup", (event) => {
    if (event.pointerId !== pressed?.pointerId) return;
    const { button } = pressed;
    const inside = buttonAt(event) === button;
    letGo();
    if (inside) act(button);
  });
  addEventListener("pointercancel", letGo);
  addEventListener("blur", letGo);
  // From a keyboard or a switch: such clicks have no pointer.
  addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button && event.detail === 0) act(button);
  });
  addEventListener("keydown", touched);
  for (const name of ["contextmenu", "dragstart", "gesturestart"]) {
    addEventListener(name, (event) => event.preventDefault());
  }
  addEventListener("wheel", (event) => {
    if (event.ctrlKey) event.preventDefault(); // it would zoom
    else touched(event);
  }, { passive: false });
}
