// How many people wrote, drawn by uPlot over the frame and the marks of the server's picture; tells its values to a
// mouse, a finger and the arrow keys.

import uPlot from "uplot";
import { write } from "./pieces";
import { secondText } from "./times";
import { say } from "./words";

/** A value each `step` ms from `from` on (null: not read), in a box `top` high; `usual` people, and the loudest value. */
interface ChatLine {
  from: number;
  step: number;
  people: (number | null)[];
  top: number;
  usual?: number | null;
  loudest?: number | null;
}

const STEPS: Record<string, number> = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -10, PageUp: 10 };
const MIDDLE = 0.5; // of a value's time: there its point is
const POINT_PX = 10;
const OUTSIDE = -10; // px: where uPlot shows no cursor
const DARK = matchMedia("(prefers-color-scheme: dark)");

const unbound = () => null;

/** Return the values that no line reaches, since what is beside them was not read. */
function lonely(people: (number | null)[]): number[] {
  const isKnown = (index: number) => people[index] !== null && people[index] !== undefined;
  return people.map((_, index) => index).filter((index) => isKnown(index) && !isKnown(index - 1) && !isKnown(index + 1));
}

export class ChatPlot {
  private drawn = "";
  private line: ChatLine;
  private chosen: number | null = null;
  private readonly plot: uPlot;

  constructor(
    private readonly figure: HTMLElement,
    private readonly reach: HTMLElement,
  ) {
    this.line = this.read();
    this.plot = new uPlot(this.options(), this.data(), reach);
    reach.dataset.kept = "";
    reach.setAttribute("role", "slider");
    reach.setAttribute("tabindex", "0");
    reach.setAttribute("aria-label", reach.dataset.name ?? "");
    reach.setAttribute("aria-describedby", reach.dataset.text ?? "");
    reach.setAttribute("aria-valuemin", "0");
    this.listen();
    this.show();
  }

  /** Draw the figure's line if it has changed, and keep what the visitor chose. */
  renew(): void {
    if (this.drawn === this.figure.dataset.plot) return;
    this.line = this.read();
    this.plot.setData(this.data());
    this.choose(this.chosen);
  }

  private read(): ChatLine {
    this.drawn = this.figure.dataset.plot ?? "";
    return JSON.parse(this.drawn);
  }

  private data(): uPlot.AlignedData {
    const { people, usual } = this.line;
    return [people.map((_, index) => index + MIDDLE), people, people.map(() => usual ?? null)];
  }

  private colour(name: string): string {
    return getComputedStyle(this.figure).getPropertyValue(name);
  }

  private options(): uPlot.Options {
    return {
      width: this.reach.clientWidth,
      height: this.reach.clientHeight,
      padding: [0, 0, 0, 0],
      legend: { show: false },
      axes: [{ show: false }, { show: false }],
      scales: { x: { time: false, range: () => [0, this.line.people.length] }, y: { range: () => [0, this.line.top] } },
      series: [{}, this.peopleSeries(), this.usualSeries()],
      cursor: {
        y: false,
        points: { size: POINT_PX },
        drag: { x: false, y: false, setScale: false },
        bind: { mousedown: unbound, mouseup: unbound, click: unbound, dblclick: unbound, mousemove: unbound, mouseleave: unbound, mouseenter: unbound },
      },
    };
  }

  private peopleSeries(): uPlot.Series {
    const stroke = () => this.colour("--line");
    return { stroke, width: 2, points: { show: true, size: 3, filter: () => lonely(this.line.people), stroke, fill: stroke } };
  }

  private usualSeries(): uPlot.Series {
    return { class: "usual", stroke: () => this.colour("--soft"), width: 1.5, dash: [5, 4], points: { show: false } };
  }

  private listen(): void {
    this.reach.addEventListener("pointermove", (event) => this.point(event));
    this.reach.addEventListener("pointerdown", (event) => this.point(event));
    this.reach.addEventListener("pointerleave", (event) => event.pointerType === "mouse" && this.choose(null));
    this.reach.addEventListener("blur", () => this.choose(null));
    this.reach.addEventListener("keydown", (event) => this.press(event));
    new ResizeObserver(() => this.resize()).observe(this.reach);
    DARK.addEventListener("change", () => this.plot.redraw(false));
  }

  private resize(): void {
    const { clientWidth: width, clientHeight: height } = this.reach;
    if (!width || (width === this.plot.width && height === this.plot.height)) return;
    this.plot.setSize({ width, height });
    this.show();
  }

  private point(event: PointerEvent): void {
    const { left, width } = this.reach.getBoundingClientRect();
    this.choose(Math.floor(((event.clientX - left) / width) * this.line.people.length));
  }

  private press(event: KeyboardEvent): void {
    const step = STEPS[event.key];
    if (event.key === "Escape") this.choose(null);
    else if (event.key === "Home") this.choose(0);
    else if (event.key === "End") this.choose(this.line.people.length - 1);
    else if (step !== undefined) this.choose(this.current + step);
    else return;
    event.preventDefault();
  }

  private choose(index: number | null): void {
    this.chosen = index === null ? null : Math.min(Math.max(index, 0), this.line.people.length - 1);
    this.show();
  }

  private get current(): number {
    return this.chosen ?? this.line.loudest ?? this.line.people.length - 1;
  }

  private text(index: number): string {
    const time = secondText(new Date(this.line.from + this.line.step * index));
    const count = this.line.people[index];
    if (count === null || count === undefined) return say("not_read_at", { time });
    return say(index === this.line.loudest ? "people_loudest" : "people_at", { count, time });
  }

  private show(): void {
    const { chosen, current } = this;
    const left = chosen === null ? OUTSIDE : this.plot.valToPos(chosen + MIDDLE, "x");
    this.plot.setCursor({ left, top: chosen === null ? OUTSIDE : 0 }, false);
    this.reach.setAttribute("aria-valuemax", String(this.line.people.length - 1));
    this.reach.setAttribute("aria-valuenow", String(current));
    this.reach.setAttribute("aria-valuetext", this.text(current));
    for (const text of this.figure.querySelectorAll<HTMLElement>(".told > *")) {
      const isPicked = text.matches(".picked");
      text.hidden = isPicked === (chosen === null);
      if (isPicked) write(text, chosen === null ? "" : this.text(chosen));
    }
  }
}
