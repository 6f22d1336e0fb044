// Pieces of a page that the server writes anew every few seconds: a channel's last hour, the lists of emotes.

import { dressWith, piece, renew } from "./pieces";
import { clockText } from "./times";

const USUAL_SECONDS = 5;
const SLOWEST_MS = 60_000; // while the site does not answer

function showClocks(root: ParentNode): void {
  for (const label of root.querySelectorAll<SVGElement>("[data-clock]"))
    label.textContent = clockText(new Date(label.dataset.clock ?? ""));
}

class FreshPiece {
  private shown = "";
  private readonly every: number;
  private wait: number;

  constructor(private readonly place: HTMLElement) {
    this.every = 1000 * Number(place.dataset.every ?? USUAL_SECONDS);
    this.wait = this.every;
    this.askAgain();
  }

  private askAgain(): void {
    setTimeout(() => void this.refresh(), this.wait);
  }

  private async refresh(): Promise<void> {
    try {
      if (!document.hidden) {
        const answer = await fetch(this.place.dataset.piece ?? "");
        if (!answer.ok) throw new Error(answer.statusText);
        this.show((await answer.json()).html);
      }
      this.wait = this.every;
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

/** Keep the page's pieces up to date. */
export function startFreshPieces(): void {
  dressWith(showClocks);
  for (const place of document.querySelectorAll<HTMLElement>("[data-piece]")) new FreshPiece(place);
}
