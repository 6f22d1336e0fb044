// What every plot has in common: its values are told to a mouse, a finger and the arrow keys, as a slider's.

import type uPlot from "uplot";
import { write } from "./pieces";

/** A plot whose values are told: how many there are, which one stands for all, and where one is. */
export interface Told {
  readonly count: number;
  readonly rest: number;
  text(index: number): string;
  point(index: number | null): void;
}

const STEPS: Record<string, number> = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -10, PageUp: 10 };
const POINT_PX = 10;
const OUTSIDE = -10; // px: where uPlot shows no cursor

export const DARK = matchMedia("(prefers-color-scheme: dark)");

const unbound = () => null;

/** uPlot's cursor, moved by us alone. */
export const CURSOR: uPlot.Cursor = {
  y: false,
  points: { size: POINT_PX },
  drag: { x: false, y: false, setScale: false },
  bind: { mousedown: unbound, mouseup: unbound, click: unbound, dblclick: unbound, mousemove: unbound, mouseleave: unbound, mouseenter: unbound },
};

/** Move a plot's cursor to a place of its x scale, or away. */
export function pointAt(plot: uPlot, at: number | null): void {
  const left = at === null ? OUTSIDE : plot.valToPos(at, "x");
  plot.setCursor({ left, top: at === null ? OUTSIDE : 0 }, false);
}

/** Return the values that no line reaches, since what is beside them was not read. */
export function lonely(values: readonly (number | null)[]): number[] {
  const isKnown = (index: number) => values[index] !== null && values[index] !== undefined;
  return values.map((_, index) => index).filter((index) => isKnown(index) && !isKnown(index - 1) && !isKnown(index + 1));
}

export class Slider {
  private chosen: number | null = null;

  constructor(
    private readonly figure: HTMLElement,
    private readonly reach: HTMLElement,
    private readonly told: Told,
  ) {
    reach.dataset.kept = "";
    reach.setAttribute("role", "slider");
    reach.setAttribute("tabindex", "0");
    reach.setAttribute("aria-label", reach.dataset.name ?? "");
    reach.setAttribute("aria-describedby", reach.dataset.text ?? "");
    reach.setAttribute("aria-valuemin", "0");
    this.listen();
    this.show();
  }

  /** Keep what the visitor chose where it is in time: the values have moved so far to the left. */
  moved(steps: number): void {
    if (this.chosen !== null) this.choose(this.chosen - steps);
  }

  private listen(): void {
    this.reach.addEventListener("pointermove", (event) => this.point(event));
    this.reach.addEventListener("pointerdown", (event) => this.point(event));
    this.reach.addEventListener("pointerleave", (event) => event.pointerType === "mouse" && this.choose(null));
    this.reach.addEventListener("blur", () => this.choose(null));
    this.reach.addEventListener("keydown", (event) => this.press(event));
  }

  private point(event: PointerEvent): void {
    const { left, width } = this.reach.getBoundingClientRect();
    this.choose(Math.floor(((event.clientX - left) / width) * this.told.count));
  }

  private press(event: KeyboardEvent): void {
    const step = STEPS[event.key];
    if (event.key === "Escape") this.choose(null);
    else if (event.key === "Home") this.choose(0);
    else if (event.key === "End") this.choose(this.told.count - 1);
    else if (step !== undefined) this.choose(this.current + step);
    else return;
    event.preventDefault();
  }

  private choose(index: number | null): void {
    this.chosen = index;
    this.show();
  }

  private get current(): number {
    return this.chosen ?? this.told.rest;
  }

  /** Show what is chosen, and speak it. */
  show(): void {
    const { told } = this;
    if (this.chosen !== null) this.chosen = Math.min(Math.max(this.chosen, 0), told.count - 1);
    const { chosen, current } = this;
    told.point(chosen);
    this.reach.setAttribute("aria-valuemax", String(told.count - 1));
    this.reach.setAttribute("aria-valuenow", String(current));
    this.reach.setAttribute("aria-valuetext", told.text(current));
    for (const text of this.figure.querySelectorAll<HTMLElement>(".told > *")) {
      const isPicked = text.matches(".picked");
      text.hidden = isPicked === (chosen === null);
      if (isPicked) write(text, chosen === null ? "" : told.text(chosen));
    }
  }
}
