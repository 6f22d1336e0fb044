// How many people wrote, drawn by uPlot over the frame and the marks of the server's picture; tells its values to a
// mouse, a finger and the arrow keys.

import uPlot from "uplot";
import { CURSOR, DARK, lonely, pointAt, Slider, type Told } from "./slider";
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

const MIDDLE = 0.5; // of a value's time: there its point is
export class ChatPlot implements Told {
  private drawn = "";
  private line: ChatLine;
  private readonly plot: uPlot;
  private readonly slider: Slider;

  constructor(
    private readonly figure: HTMLElement,
    private readonly reach: HTMLElement,
  ) {
    this.line = this.read();
    this.plot = new uPlot(this.options(), this.data(), reach);
    new ResizeObserver(() => this.resize()).observe(reach);
    DARK.addEventListener("change", () => this.plot.redraw(false));
    this.slider = new Slider(figure, reach, this);
  }

  /** Show where a value is. */
  point(index: number | null): void {
    pointAt(this.plot, index === null ? null : index + MIDDLE);
  }

  /** Draw the figure's line if it has changed, and keep what the visitor chose. */
  renew(): void {
    if (this.drawn === this.figure.dataset.plot) return;
    this.line = this.read();
    this.plot.setData(this.data());
    this.slider.show();
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
      cursor: CURSOR,
    };
  }

  private peopleSeries(): uPlot.Series {
    const stroke = () => this.colour("--line");
    return { stroke, width: 2, points: { show: true, size: 3, filter: () => lonely(this.line.people), stroke, fill: stroke } };
  }

  private usualSeries(): uPlot.Series {
    return { class: "usual", stroke: () => this.colour("--soft"), width: 1.5, dash: [5, 4], points: { show: false } };
  }

  private resize(): void {
    const { clientWidth: width, clientHeight: height } = this.reach;
    if (!width || (width === this.plot.width && height === this.plot.height)) return;
    this.plot.setSize({ width, height });
    this.slider.show();
  }

  /** How many values there are. */
  get count(): number {
    return this.line.people.length;
  }

  /** The value to begin with. */
  get rest(): number {
    return this.line.loudest ?? this.count - 1;
  }

  text(index: number): string {
    const time = secondText(new Date(this.line.from + this.line.step * index));
    const count = this.line.people[index];
    if (count === null || count === undefined) return say("not_read_at", { time });
    return say(index === this.line.loudest ? "people_loudest" : "people_at", { count, time });
  }
}
