// Shows times in the reader's zone, adds new moments to the open page, and loads the clip's player on request.

const SCROLLED = 240; // px; further down, new moments wait behind a button
const REOPEN_MS = 15000; // after the connection failed for good and nobody said why
const LOST = "Connection lost. Reconnecting…";

const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const clockSeconds = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const day = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short" });
const dayOfYear = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", year: "numeric" });
const full = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "long" });

function when(at) {
  const now = new Date();
  if (now.toDateString() === at.toDateString()) return clock.format(at);
  const date = now.getFullYear() === at.getFullYear() ? day : dayOfYear;
  return `${date.format(at)}, ${clock.format(at)}`;
}

function ago(at) {
  const minutes = Math.floor((Date.now() - at) / 60000);
  if (minutes < 1) return "just now";
  return minutes < 60 ? `${minutes} min ago` : when(at);
}

const forms = { when, ago, seconds: (at) => clockSeconds.format(at), full: (at) => full.format(at) };

function showTimes(root) {
  for (const time of root.querySelectorAll("time[data-form]")) {
    const at = new Date(time.dateTime);
    const text = forms[time.dataset.form](at);
    if (time.textContent !== text) time.textContent = text;
    time.title = full.format(at);
  }
}

function play(event) {
  const link = event.target.closest("a[data-embed]");
  if (!link || event.metaKey || event.ctrlKey || event.shiftKey) return;
  event.preventDefault();
  const frame = document.createElement("iframe");
  frame.src = link.dataset.embed;
  frame.title = link.dataset.title;
  frame.allow = "autoplay; fullscreen";
  link.replaceWith(frame);
  frame.focus();
}

function piece(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content.firstElementChild;
}

class OpenList {
  constructor(list) {
    this.list = list;
    this.waiting = new Map(); // new moments that wait behind the button
    this.status = document.getElementById("arrivals");
    this.button = document.createElement("button");
    this.button.type = "button";
    this.button.className = "newer";
    this.button.hidden = true;
    this.button.addEventListener("click", () => {
      this.showWaiting();
      const smooth = matchMedia("(prefers-reduced-motion: no-preference)").matches;
      scrollTo({ top: 0, behavior: smooth ? "smooth" : "auto" });
      this.list.querySelector("h2 a")?.focus({ preventScroll: true });
    });
    this.status.after(this.button);
    addEventListener("scroll", () => scrollY < SCROLLED / 2 && this.showWaiting(), { passive: true });
  }

  busy() {
    return scrollY > SCROLLED || this.list.contains(document.activeElement);
  }

  receive({ id, version, sort_key: sortKey, html }) {
    const shown = document.getElementById(`m-${id}`);
    if (shown) {
      if (shown.dataset.version !== version) this.replace(shown, html);
    } else if (this.waiting.has(id) || this.busy()) {
      if (this.belongs(sortKey)) this.waiting.set(id, html);
      this.announceWaiting();
    } else if (this.belongs(sortKey)) {
      this.insert(html);
      this.announce(1);
    }
  }

  belongs(sortKey) {
    const last = this.list.lastElementChild;
    return !last || !("more" in this.list.dataset) || sortKey > last.dataset.sortKey;
  }

  replace(shown, html) {
    const card = piece(html);
    const focused = shown.contains(document.activeElement);
    shown.replaceWith(card);
    showTimes(card);
    if (focused) card.querySelector("h2 a").focus({ preventScroll: true });
  }

  insert(html) {
    const card = piece(html);
    showTimes(card);
    card.classList.add("arrived");
    const after = [...this.list.children].find((other) => other.dataset.sortKey < card.dataset.sortKey);
    this.list.insertBefore(card, after ?? null);
    document.getElementById("empty")?.remove();
  }

  showWaiting() {
    if (!this.waiting.size) return;
    const count = this.waiting.size;
    for (const html of this.waiting.values()) this.insert(html);
    this.waiting.clear();
    this.announceWaiting();
    this.announce(count);
  }

  announceWaiting() {
    const count = this.waiting.size;
    const words = count === 1 ? "1 new moment" : `${count} new moments`;
    this.button.hidden = count === 0;
    this.button.textContent = words;
    if (count) this.status.textContent = words;
  }

  announce(count) {
    this.status.textContent = count === 1 ? "1 new moment shown" : `${count} new moments shown`;
  }
}

// Asks why the server refused the live line, which an EventSource cannot tell, and when to try again.
async function refusal(address) {
  const asking = new AbortController();
  setTimeout(() => asking.abort(), REOPEN_MS);
  try {
    const answer = await fetch(address, { signal: asking.signal });
    const seconds = Number(answer.headers.get("Retry-After"));
    if (answer.ok || !seconds) return { text: LOST, waitMs: REOPEN_MS };
    const { error } = await answer.json();
    return { text: `${error.message} This page asks again every ${seconds} s.`, waitMs: seconds * 1000 };
  } catch {
    return { text: LOST, waitMs: REOPEN_MS };
  } finally {
    asking.abort(); // gives back the place, should it have got one now
  }
}

function follow(list) {
  const open = new OpenList(list);
  const header = document.getElementById("freshness");
  let lastId = null;
  let state = null;
  const connect = () => {
    const address = new URL(list.dataset.live, location.href);
    if (lastId) address.searchParams.set("since", lastId);
    const source = new EventSource(address);
    source.addEventListener("moment", (event) => {
      lastId = event.lastEventId || lastId;
      open.receive(JSON.parse(event.data));
    });
    source.addEventListener("freshness", (event) => {
      const news = JSON.parse(event.data);
      header.innerHTML = news.html;
      showTimes(header);
      if (state && state !== news.state) open.status.textContent = header.textContent.trim();
      state = news.state;
    });
    source.addEventListener("error", async () => {
      if (source.readyState !== EventSource.CLOSED) {
        header.textContent = LOST;
        return;
      }
      const { text, waitMs } = await refusal(address);
      header.textContent = text;
      setTimeout(connect, waitMs);
    });
  };
  connect();
}

showTimes(document);
setInterval(() => showTimes(document), 20000);
document.addEventListener("click", play);
const list = document.querySelector("[data-live]");
if (list) follow(list);
