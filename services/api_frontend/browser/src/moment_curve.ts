// A moment's curve tells its seconds to a mouse, a finger and the arrow keys.

import { dressWith, write } from "./pieces";
import { secondText } from "./times";
import { say } from "./words";

const STEPS: Record<string, number> = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -10, PageUp: 10 };

class MomentCurve {
  private second: number | null = null;

  constructor(readonly reach: HTMLElement) {
    const attributes = { tabindex: "0", role: "slider", "aria-label": say("curve"), "aria-describedby": "curve-text", "aria-valuemin": "0" };
    for (const [name, value] of Object.entries(attributes)) reach.setAttribute(name, value);
    reach.addEventListener("pointermove", (event) => this.point(event));
    reach.addEventListener("pointerdown", (event) => this.point(event));
    reach.addEventListener("pointerleave", (event) => event.pointerType === "mouse" && this.choose(null));
    reach.addEventListener("blur", () => this.choose(null));
    reach.addEventListener("keydown", (event) => this.press(event));
  }

  private get figure(): HTMLElement {
    return document.getElementById("curve") as HTMLElement;
  }

  private get people(): (number | null)[] {
    return JSON.parse(this.figure.dataset.people ?? "[]");
  }

  private get loudest(): number {
    return Number(this.figure.querySelector<SVGElement>("circle.loudest")?.dataset.second ?? 0);
  }

  private point(event: PointerEvent): void {
    const { left, width } = this.reach.getBoundingClientRect();
    this.choose(Math.floor(((event.clientX - left) / width) * this.people.length));
  }

  private press(event: KeyboardEvent): void {
    const at = this.second ?? this.loudest;
    const step = STEPS[event.key];
    if (event.key === "Escape") this.choose(null);
    else if (event.key === "Home") this.choose(0);
    else if (event.key === "End") this.choose(this.people.length - 1);
    else if (step !== undefined) this.choose(at + step);
    else return;
    event.preventDefault();
  }

  private choose(second: number | null): void {
    this.second = second === null ? null : Math.min(Math.max(second, 0), this.people.length - 1);
    this.show();
  }

  private text(second: number): string {
    const time = secondText(new Date(Number(this.figure.dataset.from) + 1000 * second));
    const count = this.people[second];
    if (count === null || count === undefined) return say("not_read_at", { time });
    return say(second === this.loudest ? "people_loudest" : "people_at", { count, time });
  }

  show(): void {
    const second = this.second ?? this.loudest;
    const cursor = this.figure.querySelector(".cursor");
    const x = `${(100 * (second + 0.5)) / this.people.length}%`;
    cursor?.setAttribute("x1", x);
    cursor?.setAttribute("x2", x);
    cursor?.setAttribute("visibility", this.second === null ? "hidden" : "visible");
    this.reach.setAttribute("aria-valuemax", String(this.people.length - 1));
    this.reach.setAttribute("aria-valuenow", String(second));
    this.reach.setAttribute("aria-valuetext", this.text(second));
    write(document.getElementById("told"), this.text(second));
  }
}

let curve: MomentCurve | null = null;

/** Hold the page's curve, also after its moment was written anew. */
function holdCurve(): void {
  const reach = document.getElementById("reach");
  if (!reach) return;
  if (reach !== curve?.reach) curve = new MomentCurve(reach);
  curve.show();
}

/** Let the curve of a moment's page answer. */
export function startMomentCurve(): void {
  dressWith(holdCurve);
}
