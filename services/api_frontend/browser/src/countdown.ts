// What changes by itself: a clip that is due, a moment that is over, the age of the data.

import { now } from "./clock";
import { dressWith, write } from "./pieces";
import { showAges } from "./times";
import { say } from "./words";

const STEP_SECONDS = 5; // "in about 20 s" counts down in such steps
const TICK_MS = 1000;

function passDue(note: HTMLElement): void {
  const left = (Number(new Date(note.dataset.due ?? "")) - now()) / 1000;
  if (left <= 0) write(note, note.dataset.after ?? "");
  else if ("counts" in note.dataset) write(note, say("clip_in", { seconds: Math.ceil(left / STEP_SECONDS) * STEP_SECONDS }));
}

function passNow(): void {
  const box = document.querySelector<HTMLElement>("#now[data-until]");
  if (!box || Number(new Date(box.dataset.until ?? "")) > now()) return;
  for (const part of box.querySelectorAll<HTMLElement>(".on, .off")) part.hidden = part.matches(".on");
  delete box.dataset.until;
}

function passTime(): void {
  document.querySelectorAll<HTMLElement>("[data-due]").forEach(passDue);
  passNow();
  showAges();
}

/** Let time pass on the page. */
export function startCountdown(): void {
  dressWith(passTime);
  setInterval(passTime, TICK_MS);
}
