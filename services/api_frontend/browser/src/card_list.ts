// The page's list: a new card waits behind the pill, one that is shown changes in its place.

import { dress, marked, piece, renew, write } from "./pieces";
import { say } from "./words";

/** A moment as the server tells it to open pages. */
export interface News {
  id: string;
  version: string;
  sortKey: string; // by time
  html: string;
}

/** A moment or a whole channel that visitors no longer see. */
export interface Gone {
  id?: string;
  channel?: string;
}

/** Change a card that is shown. */
export function renewCard(shown: HTMLElement, { version, html }: News): void {
  if (shown.dataset.version === version) return;
  const fresh = piece(html);
  fresh.id = shown.id; // the best of the first page have ids of their own
  renew(shown, fresh);
}

function makePill(): HTMLButtonElement {
  const pill = document.createElement("button");
  pill.type = "button";
  pill.className = "newer";
  pill.hidden = true;
  return pill;
}

export class CardList {
  private readonly waiting = new Map<string, string>();
  private readonly status = document.getElementById("arrivals");
  private readonly pill = makePill();

  constructor(private readonly list: HTMLElement) {
    this.pill.addEventListener("click", () => this.showWaiting());
    list.before(this.pill);
  }

  receive({ id, html }: News): void {
    if (this.list.querySelector(`.card${marked(id)}`)) return; // changed in its place
    if (!this.list.children.length) {
      this.insert(html);
      this.say(say("shown", { count: 1 }));
    } else if (this.belongs(piece(html))) {
      this.waiting.set(id, html);
      this.count();
    }
  }

  remove({ id, channel }: Gone): void {
    const isGone = (card: HTMLElement) => (id ? card.dataset.id === id : card.dataset.channel === channel);
    for (const card of document.querySelectorAll<HTMLElement>(".card")) if (isGone(card)) card.remove();
    for (const [waiting, html] of [...this.waiting]) if (isGone(piece(html))) this.waiting.delete(waiting);
    this.count();
  }

  /** Speak to screen readers. */
  say(text: string): void {
    write(this.status, text);
  }

  private get cards(): HTMLElement[] {
    return [...this.list.children] as HTMLElement[];
  }

  /** Return a text that sorts as the list does, the last first: of the best by grade, then by time. */
  private place(card: HTMLElement | undefined): string {
    const { grade = "", sortKey = "" } = card?.dataset ?? {};
    return this.list.dataset.order === "best" ? `${grade}.${sortKey}` : sortKey;
  }

  /** Return the cards that are beyond a channel's share, were this card on the page too. */
  private beyondShare(card: HTMLElement): HTMLElement[] {
    const most = Number(this.list.dataset.mostOfChannel ?? Infinity);
    const alike = this.cards.filter((other) => other.dataset.channel === card.dataset.channel && other !== card);
    return [card, ...alike].sort((a, b) => (this.place(a) < this.place(b) ? 1 : -1)).slice(most);
  }

  private belongs(card: HTMLElement): boolean {
    const isOnPage = !("more" in this.list.dataset) || this.place(card) > this.place(this.cards.at(-1));
    return isOnPage && !this.beyondShare(card).includes(card);
  }

  private insert(html: string): void {
    const card = piece(html);
    card.classList.add("arrived");
    const after = this.cards.find((other) => this.place(other) < this.place(card));
    this.list.insertBefore(card, after ?? null);
    for (const other of this.beyondShare(card)) other.remove();
    dress(card);
    document.getElementById("empty")?.remove();
  }

  private showWaiting(): void {
    const count = this.waiting.size;
    for (const html of this.waiting.values()) this.insert(html);
    this.waiting.clear();
    this.count();
    this.say(say("shown", { count }));
    this.list.querySelector<HTMLElement>("h2 a")?.focus({ preventScroll: true });
    const smooth = matchMedia("(prefers-reduced-motion: no-preference)").matches;
    this.list.scrollIntoView({ behavior: smooth ? "smooth" : "auto" });
  }

  private count(): void {
    const count = this.waiting.size;
    this.pill.hidden = !count;
    write(this.pill, say("new", { count }));
    if (count) this.say(say("new_above", { count }));
  }
}
