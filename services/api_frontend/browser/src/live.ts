// News: events from the server; without them the page asks for itself every few seconds.

import { setClock } from "./clock";
import { CardList, type Gone, type News, renewCard } from "./card_list";
import { dress, marked, piece, renew, write } from "./pieces";
import { say } from "./words";

const REOPEN_MS = 15_000; // after the server refused the connection
const POLL_MS = 10_000; // while no news come by themselves
/** Of the document: new seconds of a graph's emotes, as `detail`; and that the line is alive. */
export const EMOTES = "emotes";
export const HEARD = "heard";
const SILENT_MS = 16_000; // the freshness comes every five seconds; without it the page asks
const REST_MS = 10_000; // out of sight: a browser has six connections to a host, and each page that listens holds one
const REACH_MS = 840_000; // the server tells what was missed in 15 minutes

function showNow(html: string | undefined): void {
  const box = document.getElementById("now");
  const fresh = html ? piece(html) : null;
  if (box && fresh && (fresh.dataset.sortKey ?? "") >= (box.dataset.sortKey ?? "")) renew(box, fresh);
}

export class Live {
  private readonly header = document.getElementById("freshness") as HTMLElement;
  private readonly page = document.querySelector<HTMLElement>("[data-live-page]");
  private readonly list: CardList | null;
  private heard = Date.now();
  private lastId = "";
  private source: EventSource | null = null;
  private timer = 0;
  private hiddenAt = Date.now();

  constructor(private readonly address: string) {
    const list = document.querySelector<HTMLElement>("#moments[data-live], #moments[data-list]");
    this.list = list && new CardList(list);
    setClock(this.header);
    if (!document.hidden) this.connect();
    document.addEventListener("visibilitychange", () => (document.hidden ? this.restSoon() : this.goOn()));
    setInterval(() => !document.hidden && Date.now() - this.heard > SILENT_MS && this.poll(), POLL_MS);
  }

  private restSoon(): void {
    this.hiddenAt = Date.now();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.source?.close();
      this.source = null;
    }, REST_MS);
  }

  private goOn(): void {
    clearTimeout(this.timer);
    if (this.source) return;
    if (Date.now() - this.hiddenAt > REACH_MS) return location.reload();
    this.connect();
    void this.poll();
  }

  private connect(): void {
    const address = new URL(this.address, location.href);
    if (this.lastId) address.searchParams.set("since", this.lastId);
    const source = new EventSource(address);
    this.source = source;
    source.addEventListener("moment", (event) => {
      this.lastId = event.lastEventId || this.lastId;
      const { id, version, sort_key: sortKey, html, now: box } = JSON.parse(event.data);
      this.receive({ id, version, sortKey, html }, box);
    });
    source.addEventListener("freshness", (event) => {
      this.heard = Date.now();
      document.dispatchEvent(new Event(HEARD));
      const { state, html } = JSON.parse(event.data);
      this.refresh(state, html);
      if (this.page && "again" in this.page.dataset) void this.poll(); // a page that is about freshness itself
    });
    source.addEventListener("emotes", (event) => {
      document.dispatchEvent(new CustomEvent(EMOTES, { detail: JSON.parse(event.data) }));
    });
    source.addEventListener("gone", (event) => this.leave(JSON.parse(event.data)));
    source.addEventListener("error", () => {
      if (source.readyState !== EventSource.CLOSED) return;
      this.source = null;
      this.heard = 0; // asks at the next turn
      if (!document.hidden) this.timer = setTimeout(() => this.connect(), REOPEN_MS);
    });
  }

  private receive(news: News, box?: string): void {
    for (const shown of document.querySelectorAll<HTMLElement>(`.card${marked(news.id)}`)) renewCard(shown, news);
    this.list?.receive(news);
    showNow(box);
    if (this.page?.dataset.id === news.id && this.page.dataset.version !== news.version) void this.poll();
  }

  private leave(gone: Gone): void {
    this.list?.remove(gone);
    const { id, channel } = this.page?.dataset ?? {};
    const box = document.getElementById("now");
    if (box) box.dataset.sortKey = ""; // what it names may be gone: an older moment may take its place
    const isShown = Boolean(gone.id && this.page?.querySelector(marked(gone.id)));
    if (box || isShown || (this.page && (gone.id === id || gone.channel === channel))) void this.poll();
  }

  private refresh(state: string, html: string): void {
    const isChanged = this.header.dataset.state && this.header.dataset.state !== state;
    this.header.innerHTML = html;
    this.header.dataset.state = state;
    setClock(this.header);
    dress(this.header);
    if (isChanged) this.list?.say(this.header.textContent?.trim() ?? "");
  }

  private async poll(): Promise<void> {
    try {
      const asked = location.href;
      const address = new URL(asked);
      address.searchParams.set("fresh", String(Date.now())); // a cache between may have it as it was; the site takes it off
      const answer = await fetch(address, { headers: { Accept: "text/html" } });
      if (answer.status === 404 && this.page && location.href === asked) return location.replace(address);
      if (!answer.ok) throw new Error(answer.statusText);
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (location.href === asked) this.take(fresh); // the visitor may have gone on to the next clip meanwhile
    } catch {
      this.header.dataset.state = "lost";
      write(this.header, say("connection_lost"));
    }
  }

  private take(fresh: Document): void {
    const header = fresh.getElementById("freshness");
    if (header?.dataset.state) this.refresh(header.dataset.state, header.innerHTML);
    showNow(fresh.getElementById("now")?.outerHTML);
    for (const card of fresh.querySelectorAll<HTMLElement>("#moments > .card")) {
      const { id = "", version = "", sortKey = "" } = card.dataset;
      this.receive({ id, version, sortKey, html: card.outerHTML });
    }
    const page = fresh.querySelector<HTMLElement>("[data-live-page]");
    if (this.page && page) renew(this.page, page);
  }
}

/** Listen to what the page names, at least to the freshness. */
export function startLive(): void {
  const live = document.querySelector<HTMLElement>("[data-live]:not(body)") ?? document.body;
  new Live(live.dataset.live ?? "/events?moment=");
}
