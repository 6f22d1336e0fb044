// The graph of a channel's emotes: drawn, told, and live while the page is open.

import { now } from "./clock";
import { type Drawn, EmoteLines, type EmoteNews } from "./emote_lines";
import { EmotePlot } from "./emote_plot";
import { EMOTES, HEARD } from "./live";
import { dress, piece, renew } from "./pieces";

const TICK_MS = 1000;
const REDRAWN_MS = 30_000; // by the server, while the live line works: sums, moments and clips are new too
const ASKED_MS = 4000; // while it does not
const SILENT_MS = 12_000; // the line is heard every five seconds

class EmoteGraph {
  private readonly lines = new EmoteLines();
  private readonly plot: EmotePlot;
  private drawn = "";
  private isLive = false;
  private heard = Date.now();
  private asked = Date.now();

  constructor(
    private readonly place: HTMLElement,
    private readonly figure: HTMLElement,
    reach: HTMLElement,
  ) {
    this.read();
    this.plot = new EmotePlot(figure, reach, this.lines);
    document.addEventListener(HEARD, () => (this.heard = Date.now()));
    document.addEventListener(EMOTES, (event) => this.receive((event as CustomEvent<EmoteNews>).detail));
    setInterval(() => !document.hidden && this.tick(), TICK_MS);
  }

  private read(): boolean {
    const text = this.figure.dataset.lines ?? "";
    if (text === this.drawn) return false;
    this.drawn = text;
    const drawn = JSON.parse(text) as Drawn;
    this.isLive = drawn.live;
    this.lines.draw(drawn);
    return true;
  }

  private receive(news: EmoteNews): void {
    this.heard = Date.now();
    if (!this.isLive) return;
    const steps = this.lines.follow(now());
    this.lines.receive(news);
    this.show(steps);
  }

  private tick(): void {
    if (!this.isLive) return;
    const steps = this.lines.follow(now());
    if (steps) this.show(steps);
    const wait = Date.now() - this.heard > SILENT_MS ? ASKED_MS : REDRAWN_MS;
    if (Date.now() - this.asked >= wait) void this.ask();
  }

  private async ask(): Promise<void> {
    this.asked = Date.now();
    try {
      const answer = await fetch(this.place.dataset.graph ?? "");
      if (answer.status === 404) return location.reload(); // the channel has opted out
      if (!answer.ok) return;
      const before = this.lines.end;
      renew(this.place.firstElementChild as HTMLElement, piece((await answer.json()).html));
      if (!this.read()) return;
      this.lines.follow(now());
      this.show(Math.round((this.lines.end - before) / this.lines.step));
    } catch {
      // the next turn asks again
    }
  }

  private show(steps: number): void {
    this.plot.renew(steps);
    for (const mark of this.figure.querySelectorAll<SVGElement>("[data-at]")) {
      const share = this.lines.share(Number(mark.dataset.at));
      mark.setAttribute("x", `${100 * share}%`);
      mark.toggleAttribute("hidden", share < 0);
    }
    for (const clip of this.figure.querySelectorAll<SVGElement>("[data-from]")) {
      const begin = Math.max(0, this.lines.share(Number(clip.dataset.from)));
      const end = Math.min(1, this.lines.share(Number(clip.dataset.until)));
      clip.setAttribute("x", `${100 * begin}%`);
      clip.setAttribute("width", `${100 * Math.max(0, end - begin)}%`);
    }
  }
}

/** Draw the graph of the page. */
export function startEmoteGraph(): void {
  const place = document.querySelector<HTMLElement>("[data-graph]");
  const figure = place?.querySelector<HTMLElement>("figure[data-lines]");
  const reach = figure?.querySelector<HTMLElement>(".reach");
  if (place && figure && reach) new EmoteGraph(place, figure, reach);
  if (place) dress(place);
}
