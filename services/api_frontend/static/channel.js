// A channel's page: keeps the last hour up to date, and turns the week's table into the reader's time zone.

const REFRESH_MS = 5000;
const SLOWEST_MS = 60000; // while the site does not answer
const HOURS = 24;
const WEEK = 7 * HOURS;
const LEVELS = 4;
const NAMED = 3;

const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });

function showClocks(root) {
  for (const label of root.querySelectorAll("[data-clock]")) label.textContent = clock.format(new Date(label.dataset.clock));
  for (const time of root.querySelectorAll("time[data-form=when]")) {
    const at = new Date(time.dateTime);
    if (Date.now() - at < 12 * 3600 * 1000) time.textContent = clock.format(at);
  }
}

function followHour(place) {
  let shown = null;
  let wait = REFRESH_MS;
  async function refresh() {
    try {
      if (!document.hidden) {
        const answer = await fetch(place.dataset.liveCurve);
        if (!answer.ok) throw new Error(answer.statusText);
        show((await answer.json()).html);
      }
      wait = REFRESH_MS;
    } catch {
      wait = Math.min(2 * wait, SLOWEST_MS);
    }
    setTimeout(refresh, wait);
  }
  function show(html) {
    if (html === shown) return;
    const focused = place.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
    shown = html;
    place.innerHTML = html;
    showClocks(place);
    if (focused) [...place.querySelectorAll("a")].find((link) => link.getAttribute("href") === focused)?.focus();
  }
  showClocks(place);
  setTimeout(refresh, wait);
}

function dayName(hour) {
  // 5 January 1970 was a Monday
  const at = new Date(Date.UTC(1970, 0, 5 + Math.floor(hour / HOURS), 12));
  return at.toLocaleDateString(document.documentElement.lang, { weekday: "long", timeZone: "UTC" });
}

function hourText(hour) {
  return `${dayName(hour)}s at ${String(hour % HOURS).padStart(2, "0")}:00`;
}

function toOwnZone(table) {
  const shift = Math.round(-new Date().getTimezoneOffset() / 60);
  const cells = [...table.querySelectorAll("[data-hour]")];
  const utc = cells.map((cell) => Number(cell.textContent));
  const own = utc.map((_, hour) => utc[(hour - shift + WEEK) % WEEK]);
  const most = Math.max(...own);
  cells.forEach((cell, hour) => {
    cell.className = `heat-${own[hour] ? Math.ceil((own[hour] * LEVELS) / most) : 0}`;
    cell.firstElementChild.textContent = own[hour];
    cell.title = `${hourText(hour)}: ${own[hour]}`;
  });
  document.getElementById("week-zone").textContent = "your time";
  const text = document.getElementById("week-text");
  if (!text.textContent.includes("(UTC)")) return;
  const loudest = own.map((_, hour) => hour).filter((hour) => own[hour]);
  loudest.sort((a, b) => own[b] - own[a] || a - b);
  const named = loudest.slice(0, NAMED).map(hourText);
  const listed = named.length === 1 ? named[0] : `${named.slice(0, -1).join(", ")} and ${named.at(-1)}`;
  text.textContent = `Most often on ${listed} (your time).`;
}

const hour = document.querySelector("[data-live-curve]");
if (hour) followHour(hour);
const week = document.getElementById("week");
if (week) toOwnZone(week);
