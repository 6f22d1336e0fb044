// A channel's last hour, kept up to date.

import { dressWith, piece, renew } from "./pieces";
import { clockText } from "./times";

const REFRESH_MS = 5000;
const SLOWEST_MS = 60_000; // while the site does not answer

function showClocks(root: ParentNode): void {
  for (const label of root.querySelectorAll<SVGElement>("[data-clock]"))
    label.textContent = clockText(new Date(label.dataset.clock ?? ""));
}

class ChannelHour {
  private shown = "";
  private wait = REFRESH_MS;

  constructor(private readonly place: HTMLElement) {
    this.askAgain();
  }

  private askAgain(): void {
    setTimeout(() => void this.refresh(), this.wait);
  }

  private async refresh(): Promise<void> {
    try {
      if (!document.hidden) {
        const answer = await fetch(this.place.dataset.liveCurve ?? "");
        if (!answer.ok) throw new Error(answer.statusText);
        this.show((await answer.json()).html);
      }
      this.wait = REFRESH_MS;
    } catch {
      this.wait = Math.min(2 * this.wait, SLOWEST_MS);
    }
    this.askAgain();
  }

  private show(html: string): void {
    if (html === this.shown) return;
    this.shown = html;
    const focused = this.place.contains(document.activeElement) ? document.activeElement?.getAttribute("href") : null;
    renew(this.place.firstElementChild as HTMLElement, piece(html));
    const links = [...this.place.querySelectorAll<SVGElement>("a[href]")];
    if (focused) links.find((link) => link.getAttribute("href") === focused)?.focus();
  }
}

/** Follow the hour of a channel's page. */
export function startChannelHour(): void {
  dressWith(showClocks);
  const place = document.querySelector<HTMLElement>("[data-live-curve]");
  if (place) new ChannelHour(place);
}
