// How often emotes were used, drawn by uPlot in place of the server's picture.

import uPlot from "uplot";
import type { EmoteLines } from "./emote_lines";
import { CURSOR, DARK, lonely, pointAt, Slider, type Told } from "./slider";
import { clockText, dayText, secondText, when } from "./times";
import { say } from "./words";

const X_AXIS_PX = 28;
const X_SPACE_PX = 64;
const FONT = "12px system-ui, sans-serif";
const LABEL_SHARE = 0.04; // of the width: half of a label on a phone
const LABEL_PX = 4; // of a height's label above its line
const HATCH_PX = 8;
const DASHES = [undefined, undefined, undefined, [8, 4], [2, 3]];
const NICE = [1, 2, 5];
const MOST_HEIGHTS = 5;
const DAYS_FROM_MS = 172_800_000; // below longer graphs there are days

/** Return a step that divides `top` into two to five parts. */
function niceStep(top: number): number {
  for (let power = 1; ; power *= 10)
    for (const nice of NICE) if (top / (nice * power) <= MOST_HEIGHTS) return nice * power;
}

export class EmotePlot implements Told {
  private readonly plot: uPlot;
  private readonly slider: Slider;

  constructor(
    private readonly figure: HTMLElement,
    private readonly reach: HTMLElement,
    private readonly lines: EmoteLines,
  ) {
    this.plot = new uPlot(this.options(), this.data(), reach);
    new ResizeObserver(() => this.resize()).observe(reach);
    DARK.addEventListener("change", () => this.plot.redraw(false));
    this.slider = new Slider(figure, reach, this);
  }

  /** Draw the lines again; they have moved so many steps to the left. */
  renew(steps: number): void {
    this.plot.setData(this.data());
    this.slider.moved(steps);
    this.slider.show();
  }

  get count(): number {
    return this.lines.points;
  }

  get rest(): number {
    return Math.max(this.lines.lastKnown, 0);
  }

  point(index: number | null): void {
    pointAt(this.plot, index === null ? null : this.lines.middle(index));
  }

  text(index: number): string {
    const at = this.lines.at(index);
    const time = this.lines.step < 60_000 ? secondText(at) : when(at);
    const told = this.lines.told(index);
    if (!told.length) return say("not_read_at", { time });
    const list = told.map(({ name, count, people }) => {
      const isolated = `\u2068${name}\u2069`;
      return people === null ? say("emote_uses", { name: isolated, count }) : say("emote_people", { name: isolated, count: people, uses: count });
    });
    return say("emotes_at", { time, list: list.join(" · ") });
  }

  private resize(): void {
    const { clientWidth: width, clientHeight: height } = this.reach;
    if (!width || (width === this.plot.width && height === this.plot.height)) return;
    this.plot.setSize({ width, height });
    this.slider.show();
  }

  private data(): uPlot.AlignedData {
    const { points } = this.lines;
    return [Array.from({ length: points }, (_, index) => this.lines.middle(index)), ...this.lines.uses];
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
      axes: [this.timeAxis(), { show: false }],
      scales: { x: { time: true, range: () => this.lines.range }, y: { range: () => [0, this.lines.top] } },
      series: [{}, ...this.lines.uses.map((_, index) => this.series(index))],
      cursor: CURSOR,
      hooks: { drawClear: [(plot) => this.drawGround(plot)] },
    };
  }

  private timeAxis(): uPlot.Axis {
    const [begin, end] = this.lines.range;
    const write = (end - begin) * 1000 > DAYS_FROM_MS ? dayText : clockText;
    return {
      stroke: () => this.colour("--soft"),
      font: FONT,
      size: X_AXIS_PX,
      space: X_SPACE_PX,
      grid: { show: false },
      ticks: { show: false },
      incrs: [60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400, 172800, 604800],
      values: (_, splits) => splits.map((each) => (this.isInside(each) ? write(new Date(each * 1000)) : "")),
    };
  }

  /** Whether a label fits below this time (s), without being cut off at an edge. */
  private isInside(at: number): boolean {
    const share = this.lines.share(at * 1000);
    return share > LABEL_SHARE && share < 1 - LABEL_SHARE;
  }

  private series(index: number): uPlot.Series {
    const stroke = () => this.colour(`--line-${index + 1}`);
    const dash = DASHES[index];
    const points = { show: true, size: 3, filter: () => lonely(this.lines.uses[index] ?? []), stroke, fill: stroke };
    return { stroke, width: 2, points, ...(dash ? { dash } : {}) };
  }

  /** Draw what lies behind the lines: times that nobody read, and the heights. */
  private drawGround(plot: uPlot): void {
    const { ctx, bbox } = plot;
    ctx.save();
    ctx.fillStyle = this.hatch(ctx);
    for (const [begin, end] of this.lines.gaps()) {
      const left = plot.valToPos(begin, "x", true);
      ctx.fillRect(left, bbox.top, plot.valToPos(end, "x", true) - left, bbox.height);
    }
    ctx.strokeStyle = this.colour("--rule");
    ctx.lineWidth = devicePixelRatio;
    ctx.font = FONT.replace(/^\d+/, (size) => String(Number(size) * devicePixelRatio));
    ctx.textAlign = "left";
    ctx.textBaseline = "alphabetic";
    const step = niceStep(this.lines.top);
    for (let height = 0; height <= this.lines.top; height += step) this.drawHeight(plot, height);
    ctx.restore();
  }

  /** Return the slanted lines of times that nobody read, as in the server's picture. */
  private hatch(ctx: CanvasRenderingContext2D): CanvasPattern | string {
    const tile = document.createElement("canvas");
    const size = (tile.width = tile.height = HATCH_PX * devicePixelRatio);
    const pen = tile.getContext("2d");
    if (!pen) return this.colour("--well");
    pen.strokeStyle = this.colour("--soft");
    pen.globalAlpha = 0.5;
    for (const shift of [-size, 0, size]) {
      pen.moveTo(shift, size);
      pen.lineTo(shift + size, 0);
    }
    pen.stroke();
    return ctx.createPattern(tile, "repeat") ?? this.colour("--well");
  }

  private drawHeight(plot: uPlot, height: number): void {
    const { ctx, bbox } = plot;
    const y = Math.round(plot.valToPos(height, "y", true)) - devicePixelRatio / 2;
    ctx.beginPath();
    ctx.moveTo(bbox.left, y);
    ctx.lineTo(bbox.left + bbox.width, y);
    ctx.stroke();
    ctx.fillStyle = this.colour("--soft");
    if (height) ctx.fillText(say("number", { count: height }), bbox.left + 2 * devicePixelRatio, y - LABEL_PX * devicePixelRatio);
  }
}
