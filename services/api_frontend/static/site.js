// Times in the reader's zone, news in the open page, the curve under a finger, what is saved, and the player on a tap.

const REOPEN_MS = 15000; // after the server refused the connection
const POLL_MS = 10000; // while no news come by themselves
const SILENT_MS = 16000; // the freshness comes every five seconds; without it the page asks
const STEP_SECONDS = 5; // "in about 20 s" counts down in such steps
const SAVED = "saved"; // the key in the browser's storage
const MOST_SAVED = 100;

/* Times. `skew` is how much the reader's clock is ahead of ours. */
let skew = 0;
const now = () => Date.now() - skew;
const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const clockSeconds = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const day = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short" });
const dayOfYear = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", year: "numeric" });
const full = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "long" });
const plural = (count, noun) => `${count} ${noun}${count === 1 ? "" : "s"}`;

function when(at) {
  const today = new Date();
  if (today.toDateString() === at.toDateString()) return clock.format(at);
  const date = today.getFullYear() === at.getFullYear() ? day : dayOfYear;
  return `${date.format(at)}, ${clock.format(at)}`;
}

function ago(at) {
  const minutes = Math.floor((now() - at) / 60000);
  if (minutes < 1) return "just now";
  return minutes < 60 ? `${minutes} min ago` : when(at);
}

function since(at) {
  const seconds = Math.max(0, Math.floor((now() - at) / 1000));
  if (seconds < 60) return `${seconds} s ago`;
  return seconds < 3600 ? `${Math.floor(seconds / 60)} min ago` : `${plural(Math.floor(seconds / 3600), "hour")} ago`;
}

function behind(at) {
  const minutes = Math.max(1, Math.floor((now() - at) / 60000));
  if (minutes < 60) return `${plural(minutes, "minute")} behind`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${plural(hours, "hour")} behind` : `${plural(Math.floor(hours / 24), "day")} behind`;
}

const forms = { when, ago, since, behind, seconds: (at) => clockSeconds.format(at), full: (at) => full.format(at) };

function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

function showTimes(root) {
  for (const time of root.querySelectorAll("time[data-form]")) {
    const at = new Date(time.dateTime);
    write(time, forms[time.dataset.form](at));
    time.title = full.format(at);
  }
}

/* What changes by itself: a clip that is due, a moment that is over. */
function passTime() {
  for (const note of document.querySelectorAll("[data-due]")) {
    const left = (new Date(note.dataset.due) - now()) / 1000;
    if (left <= 0) write(note, note.dataset.after);
    else if ("counts" in note.dataset) write(note, `Clip in about ${Math.ceil(left / STEP_SECONDS) * STEP_SECONDS} s`);
  }
  const box = document.querySelector("#now[data-until]");
  if (box && new Date(box.dataset.until) <= now()) {
    box.querySelector(".on").hidden = true;
    box.querySelector(".off").hidden = false;
    delete box.dataset.until;
  }
  for (const time of document.querySelectorAll("time[data-form=since], time[data-form=behind]"))
    write(time, forms[time.dataset.form](new Date(time.dateTime)));
}

/* Pieces of pages. `morph` makes `old` equal to `fresh` and keeps its elements, so that the focus stays. */
function piece(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content.firstElementChild;
}

function morph(old, fresh) {
  if (old.isEqualNode(fresh)) return;
  if (old.nodeName !== fresh.nodeName || old.id !== fresh.id) return old.replaceWith(fresh.cloneNode(true));
  if (old.nodeType !== Node.ELEMENT_NODE) return void (old.nodeValue = fresh.nodeValue);
  if (old.querySelector(":scope > iframe")) return; // the clip plays
  if (!("own" in old.dataset)) {
    for (const { name } of [...old.attributes]) if (!fresh.hasAttribute(name)) old.removeAttribute(name);
    for (const { name, value } of fresh.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  }
  const olds = [...old.childNodes];
  const news = [...fresh.childNodes];
  news.forEach((child, index) => (olds[index] ? morph(olds[index], child) : old.append(child.cloneNode(true))));
  olds.slice(news.length).forEach((child) => child.remove());
}

function renew(old, fresh) {
  morph(old, fresh);
  const root = old.isConnected ? old : document;
  showTimes(root);
  showSaved(root);
  holdCurve();
  passTime();
}

const marked = (id) => `[data-id="${CSS.escape(id)}"]`;

function renewCard(shown, { version, html }) {
  if (shown.dataset.version === version) return;
  const fresh = piece(html);
  fresh.id = shown.id;
  renew(shown, fresh);
}

/* The list: a new card waits behind the pill, one that is shown changes in its place. */
class OpenList {
  constructor(list) {
    this.list = list;
    this.waiting = new Map();
    this.status = document.getElementById("arrivals");
    this.pill = document.createElement("button");
    this.pill.type = "button";
    this.pill.className = "newer";
    this.pill.hidden = true;
    this.pill.addEventListener("click", () => this.showWaiting());
    list.before(this.pill);
  }

  receive({ id, version, sortKey, html }) {
    if (this.list.querySelector(`.card${marked(id)}`)) {
      return; // changed in its place
    } else if ("settled" in this.list.dataset) {
      return; // the best first: a new moment has no place here until the list is asked for again
    } else if (!this.list.children.length) {
      this.insert(html);
      this.say("1 new moment shown");
    } else if (this.belongs(sortKey)) {
      this.waiting.set(id, html);
      this.count();
    }
  }

  belongs(sortKey) {
    const last = this.list.lastElementChild;
    return !("more" in this.list.dataset) || sortKey > last.dataset.sortKey;
  }

  remove({ id, channel }) {
    const isGone = (card) => (id ? card.dataset.id === id : card.dataset.channel === channel);
    for (const card of [...document.querySelectorAll(".card")].filter(isGone)) card.remove();
    for (const [waiting, html] of [...this.waiting]) if (isGone(piece(html))) this.waiting.delete(waiting);
    this.count();
  }

  insert(html) {
    const card = piece(html);
    card.classList.add("arrived");
    const after = [...this.list.children].find((other) => other.dataset.sortKey < card.dataset.sortKey);
    this.list.insertBefore(card, after ?? null);
    showTimes(card);
    showSaved(card);
    document.getElementById("empty")?.remove();
  }

  showWaiting() {
    const count = this.waiting.size;
    for (const html of this.waiting.values()) this.insert(html);
    this.waiting.clear();
    this.count();
    this.say(count === 1 ? "1 new moment shown" : `${count} new moments shown`);
    const first = this.list.querySelector("h2 a");
    first?.focus({ preventScroll: true });
    const smooth = matchMedia("(prefers-reduced-motion: no-preference)").matches;
    this.list.scrollIntoView({ behavior: smooth ? "smooth" : "auto" });
  }

  count() {
    const words = `${this.waiting.size} new`;
    this.pill.hidden = !this.waiting.size;
    write(this.pill, words);
    if (this.waiting.size) this.say(`${words} above`);
  }

  say(words) {
    if (this.status) write(this.status, words);
  }
}

function showNow(html) {
  const box = document.getElementById("now");
  const fresh = html && piece(html);
  if (box && fresh && fresh.dataset.sortKey >= box.dataset.sortKey) renew(box, fresh);
}

/* News: events from the server; without them the page asks for itself every few seconds. */
class Live {
  constructor(address) {
    this.address = address;
    this.header = document.getElementById("freshness");
    this.page = document.querySelector("[data-live-page]");
    const list = document.querySelector("#moments[data-live], #moments[data-list]");
    this.open = list && new OpenList(list);
    this.heard = Date.now();
    this.lastId = null;
    this.connect();
    setInterval(() => !document.hidden && Date.now() - this.heard > SILENT_MS && this.poll(), POLL_MS);
  }

  connect() {
    const address = new URL(this.address, location.href);
    if (this.lastId) address.searchParams.set("since", this.lastId);
    const source = new EventSource(address);
    source.addEventListener("moment", (event) => {
      this.lastId = event.lastEventId || this.lastId;
      const { id, version, sort_key: sortKey, html, now: box } = JSON.parse(event.data);
      this.receive({ id, version, sortKey, html }, box);
    });
    source.addEventListener("freshness", (event) => {
      this.heard = Date.now();
      const { state, html } = JSON.parse(event.data);
      this.refresh(state, html);
      if (this.page && "again" in this.page.dataset) this.poll(); // a page that is about freshness itself
    });
    source.addEventListener("gone", (event) => this.leave(JSON.parse(event.data)));
    source.addEventListener("error", () => {
      if (source.readyState !== EventSource.CLOSED) return;
      this.heard = 0; // asks at the next turn
      setTimeout(() => this.connect(), REOPEN_MS);
    });
  }

  receive(news, box) {
    for (const shown of document.querySelectorAll(`.card${marked(news.id)}`)) renewCard(shown, news);
    this.open?.receive(news);
    showNow(box);
    if (this.page?.dataset.id === news.id && this.page.dataset.version !== news.version) this.poll();
  }

  leave(gone) {
    this.open?.remove(gone);
    const { id, channel } = this.page?.dataset ?? {};
    const box = document.getElementById("now");
    if (box) box.dataset.sortKey = ""; // what it names may be gone: an older moment may take its place
    if (box || (this.page && (gone.id === id || gone.channel === channel))) this.poll();
  }

  refresh(state, html) {
    const changed = this.header.dataset.state && this.header.dataset.state !== state;
    this.header.innerHTML = html;
    this.header.dataset.state = state;
    setClock(this.header);
    showTimes(this.header);
    if (changed) this.open?.say(this.header.textContent.trim());
  }

  async poll() {
    try {
      const address = new URL(location.href);
      address.searchParams.set("fresh", Date.now()); // a cache between may have the page as it was; the site takes it off
      const answer = await fetch(address, { headers: { Accept: "text/html" } });
      if (answer.status === 404 && this.page) return location.replace(address);
      if (!answer.ok) throw new Error(answer.statusText);
      this.take(new DOMParser().parseFromString(await answer.text(), "text/html"));
    } catch {
      this.header.dataset.state = "lost";
      write(this.header, "The connection is lost. Trying again…");
    }
  }

  take(fresh) {
    const header = fresh.getElementById("freshness");
    if (header.dataset.state) this.refresh(header.dataset.state, header.innerHTML);
    showNow(fresh.getElementById("now")?.outerHTML);
    for (const card of fresh.querySelectorAll("#moments > .card")) {
      const { id, version, sortKey } = card.dataset;
      this.receive({ id, version, sortKey, html: card.outerHTML });
    }
    if (this.page) renew(this.page, fresh.querySelector("[data-live-page]"));
  }
}

function setClock(header) {
  const time = header.querySelector("time[data-age]");
  if (time) skew = Date.now() - Number(time.dataset.age) * 1000 - new Date(time.dateTime);
}

/* The curve tells its seconds to a mouse, a finger and the arrow keys. */
class Curve {
  constructor(reach) {
    this.reach = reach;
    this.second = null;
    const attributes = { tabindex: 0, role: "slider", "aria-label": "Second of the curve", "aria-describedby": "curve-text", "aria-valuemin": 0 };
    for (const [name, value] of Object.entries(attributes)) reach.setAttribute(name, value);
    reach.addEventListener("pointermove", (event) => this.point(event));
    reach.addEventListener("pointerdown", (event) => this.point(event));
    reach.addEventListener("pointerleave", (event) => event.pointerType === "mouse" && this.choose(null));
    reach.addEventListener("blur", () => this.choose(null));
    reach.addEventListener("keydown", (event) => this.press(event));
    this.show();
  }

  get figure() {
    return document.getElementById("curve");
  }

  get people() {
    return JSON.parse(this.figure.dataset.people);
  }

  get loudest() {
    return Number(this.figure.querySelector("circle.loudest")?.dataset.second ?? 0);
  }

  point(event) {
    const { left, width } = this.reach.getBoundingClientRect();
    this.choose(Math.floor(((event.clientX - left) / width) * this.people.length));
  }

  press(event) {
    const last = this.people.length - 1;
    const at = this.second ?? this.loudest;
    const steps = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -10, PageUp: 10 };
    const ends = { Home: 0, End: last };
    if (event.key === "Escape") this.choose(null);
    else if (event.key in steps) this.choose(at + steps[event.key]);
    else if (event.key in ends) this.choose(ends[event.key]);
    else return;
    event.preventDefault();
  }

  choose(second) {
    this.second = second === null ? null : Math.min(Math.max(second, 0), this.people.length - 1);
    this.show();
  }

  words(second) {
    const at = clockSeconds.format(new Date(Number(this.figure.dataset.from) + 1000 * second));
    const people = this.people[second];
    if (people === null) return `Not read at ${at}`;
    return `${people === 1 ? "1 person" : `${people} people`}${second === this.loudest ? " in the loudest second," : ""} at ${at}`;
  }

  show() {
    if (!this.figure) return;
    const second = this.second ?? this.loudest;
    const cursor = this.figure.querySelector(".cursor");
    const x = `${(100 * (second + 0.5)) / this.people.length}%`;
    cursor.setAttribute("x1", x);
    cursor.setAttribute("x2", x);
    cursor.setAttribute("visibility", this.second === null ? "hidden" : "visible");
    this.reach.setAttribute("aria-valuemax", this.people.length - 1);
    this.reach.setAttribute("aria-valuenow", second);
    this.reach.setAttribute("aria-valuetext", this.words(second));
    write(document.getElementById("told"), this.words(second));
  }
}

let curve = null;
function holdCurve() {
  const reach = document.getElementById("reach");
  if (reach && reach !== curve?.reach) curve = new Curve(reach);
  else curve?.show();
}

/* What the reader saved stays in the browser. */
function savedIds() {
  try {
    const ids = JSON.parse(localStorage.getItem(SAVED) ?? "[]");
    return Array.isArray(ids) ? ids.filter((id) => typeof id === "string") : [];
  } catch {
    return null; // the browser keeps nothing
  }
}

function showSaved(root) {
  const ids = savedIds();
  for (const button of root.querySelectorAll("[data-save]")) {
    button.hidden = ids === null;
    button.setAttribute("aria-pressed", String(Boolean(ids?.includes(button.dataset.save))));
  }
}

function toggleSaved(id) {
  const ids = savedIds() ?? [];
  const kept = ids.includes(id) ? ids.filter((other) => other !== id) : [id, ...ids].slice(0, MOST_SAVED);
  localStorage.setItem(SAVED, JSON.stringify(kept));
  showSaved(document);
}

async function fillSaved(list) {
  const ids = savedIds() ?? [];
  const nothing = document.getElementById("nothing-saved");
  nothing.hidden = Boolean(ids.length);
  if (!ids.length || list.children.length) return;
  const answer = await fetch(`/saved?${new URLSearchParams({ ids: ids.join(",") })}`);
  if (!answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  list.replaceChildren(...fresh.querySelectorAll("#saved > .card"));
  nothing.hidden = Boolean(list.children.length);
  showTimes(list);
  showSaved(list);
}

/* Clicks */
function play(link) {
  const frame = document.createElement("iframe");
  frame.src = link.dataset.embed;
  frame.title = link.dataset.title;
  frame.allow = "autoplay; fullscreen";
  link.replaceWith(frame);
  frame.focus();
}

async function copy(button) {
  await navigator.clipboard.writeText(location.href.split("#")[0]);
  write(button, "Copied");
  setTimeout(() => write(button, "Copy link"), 2000);
}

document.addEventListener("click", (event) => {
  const target = event.target.closest("a[data-embed], [data-save], [data-share], [data-copy]");
  if (!target) return;
  if (target.dataset.embed) {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    play(target);
  } else if (target.dataset.save) toggleSaved(target.dataset.save);
  else if ("share" in target.dataset) navigator.share({ title: document.title, url: location.href }).catch(() => {});
  else copy(target);
});
addEventListener("storage", () => showSaved(document));

const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
if (zone) document.cookie = `tz=${encodeURIComponent(zone)}; path=/; max-age=31536000; samesite=lax`;
setClock(document.getElementById("freshness"));
showTimes(document);
showSaved(document);
holdCurve();
passTime();
setInterval(passTime, 1000);
setInterval(() => showTimes(document), 20000);
for (const button of document.querySelectorAll("[data-share]")) button.hidden = !navigator.share;
for (const button of document.querySelectorAll("[data-copy]")) button.hidden = !navigator.clipboard;
const saved = document.querySelector("[data-saved]");
if (saved) fillSaved(saved);
const live = document.querySelector("[data-live]:not(body)") ?? document.body;
new Live(live.dataset.live ?? "/events?moment=");
