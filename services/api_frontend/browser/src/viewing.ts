// The viewing mode: one clip after another, by keys, a swipe, or by itself once a clip has had its time.

import { renew, write } from "./pieces";
import { PLAYING, play } from "./player";
import { say } from "./words";

const TICK_MS = 250;
const AFTER_MS = 2000; // a player needs that long to begin; it tells no one when it ends
const LONGEST_SECONDS = 60; // of a clip at Twitch
const SWIPE_PX = 40;
const KEYS: Record<string, string> = { ArrowRight: "next", n: "next", j: "next", ArrowLeft: "previous", p: "previous", k: "previous" };

class Viewing {
  private isPlaying = false; // since the visitor's first tap
  private isLeaving = false;
  private leftMs = 0; // until the next clip; 0: nothing plays

  constructor(private readonly page: HTMLElement) {
    page.addEventListener(PLAYING, (event) => this.started(event.target as HTMLElement));
    page.addEventListener("click", (event) => this.pressed(event));
    document.addEventListener("keydown", (event) => this.key(event));
    document.addEventListener("fullscreenchange", () => document.fullscreenElement ?? this.takeKeys());
    addEventListener("blur", () => setTimeout(() => this.showKeys(document.activeElement instanceof HTMLIFrameElement)));
    addEventListener("focus", () => this.showKeys(false));
    this.listenToSwipes();
    this.offer("[data-onward]", true);
    this.offer("[data-fullscreen]", document.fullscreenEnabled);
    setInterval(() => this.tick(), TICK_MS);
  }

  private button(name: string): HTMLElement {
    return this.page.querySelector<HTMLElement>(name) as HTMLElement;
  }

  /** Show a button that needs the script, or take its room away. */
  private offer(name: string, isOffered: boolean): void {
    const button = this.button(name);
    button.hidden = !isOffered;
    button.dataset.known = "";
  }

  private get goesOn(): boolean {
    return this.button("[data-onward]").ariaPressed === "true";
  }

  private started(frame: HTMLElement): void {
    this.isPlaying = true;
    this.leftMs = 0;
    frame.addEventListener("load", () => {
      this.leftMs = Number(this.page.dataset.seconds || LONGEST_SECONDS) * 1000 + AFTER_MS;
    });
    this.takeKeys();
  }

  private tick(): void {
    const told = this.page.querySelector(".onward"); // none where there is nothing to watch
    const rests = !this.leftMs || !this.goesOn || document.hidden || !this.page.querySelector("[data-step=next]");
    if (rests) return write(told, "");
    this.leftMs = Math.max(0, this.leftMs - TICK_MS);
    write(told, say("next_in", { count: Math.ceil(this.leftMs / 1000) }));
    if (!this.leftMs) void this.step("next");
  }

  private pressed(event: MouseEvent): void {
    const target = event.target as Element;
    const step = target.closest<HTMLElement>("[data-step]");
    if (step && !event.metaKey && !event.ctrlKey && !event.shiftKey) {
      event.preventDefault();
      void this.step(step.dataset.step ?? "");
    } else if (target.closest("[data-onward]")) {
      this.button("[data-onward]").ariaPressed = String(!this.goesOn);
    } else if (target.closest("[data-fullscreen]")) {
      void (document.fullscreenElement ? document.exitFullscreen() : this.page.requestFullscreen());
    } else if (target.closest("[data-keys]")) this.takeKeys();
  }

  private key(event: KeyboardEvent): void {
    if (event.metaKey || event.ctrlKey || event.altKey) return;
    if (event.key === "Escape") this.takeKeys();
    const step = KEYS[event.key];
    if (!step) return;
    event.preventDefault();
    void this.step(step);
  }

  private listenToSwipes(): void {
    let start: PointerEvent | null = null;
    this.page.addEventListener("pointerdown", (event) => {
      start = (event.target as Element).closest("[data-swipe]") ? event : null;
    });
    this.page.addEventListener("pointerup", (event) => {
      if (!start) return;
      const [x, y] = [event.clientX - start.clientX, event.clientY - start.clientY];
      start = null;
      if (Math.abs(x) > SWIPE_PX && Math.abs(x) > Math.abs(y)) void this.step(x < 0 ? "next" : "previous");
    });
  }

  /** Show the clip that the step leads to; it plays if one has played. */
  private async step(name: string): Promise<void> {
    const link = this.page.querySelector<HTMLAnchorElement>(`a[data-step=${name}]`);
    if (!link || this.isLeaving) return;
    this.isLeaving = true;
    try {
      const answer = await fetch(link.href, { headers: { Accept: "text/html" } });
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("watch");
      if (!answer.ok || !fresh) throw new Error(answer.statusText);
      this.show(fresh, link.href);
    } catch {
      location.assign(link.href);
    } finally {
      this.isLeaving = false;
    }
  }

  private show(fresh: HTMLElement, address: string): void {
    this.leftMs = 0;
    const hadFrame = document.activeElement instanceof HTMLIFrameElement;
    renew(this.page, fresh);
    history.replaceState(null, "", address);
    const picture = this.page.querySelector<HTMLElement>("a[data-embed]");
    if (this.isPlaying && picture) play(picture);
    else if (hadFrame || document.activeElement === document.body) this.takeKeys(); // what had them is gone
  }

  private takeKeys(): void {
    this.page.focus({ preventScroll: true });
    this.showKeys(false);
  }

  private showKeys(areAway: boolean): void {
    const button = this.page.querySelector<HTMLElement>("[data-keys]");
    if (button) button.hidden = !areAway;
  }
}

/** View the clips of the page's list. */
export function startViewing(): void {
  const page = document.getElementById("watch");
  if (page) new Viewing(page);
}
