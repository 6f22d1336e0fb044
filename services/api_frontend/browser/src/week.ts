// The table of a channel's week, turned from UTC into the visitor's zone.

import { say } from "./words";

const HOURS = 24;
const WEEK = 7 * HOURS;
const LEVELS = 4; // of colour above none
const NAMED = 3; // hours in the sentence
const MINUTES = 60;

function places([first = "", second = "", third = ""]: readonly string[]) {
  return { first, second, third };
}

/** Name some hours of one day of the week, Monday's first being 0. */
function hoursText(...hours: number[]): string {
  const times = hours.sort((a, b) => a - b).map((hour) => `${String(hour % HOURS).padStart(2, "0")}:00`);
  const time = say(`together_${times.length}`, places(times));
  return say(`day_${Math.floor((hours[0] ?? 0) / HOURS)}`, { time });
}

function nameLoudest(own: readonly number[]): string {
  const loudest = own.map((_, hour) => hour).filter((hour) => own[hour]);
  loudest.sort((a, b) => (own[b] ?? 0) - (own[a] ?? 0) || a - b);
  const days = new Map<number, number[]>();
  for (const hour of loudest.slice(0, NAMED)) {
    const day = Math.floor(hour / HOURS);
    days.set(day, [...(days.get(day) ?? []), hour]);
  }
  return say(`most_often_${days.size}`, places([...days.values()].map((hours) => hoursText(...hours))));
}

function showCell(cell: HTMLElement, hour: number, count: number, most: number): void {
  cell.className = `heat-${count ? Math.ceil((count * LEVELS) / most) : 0}`;
  if (cell.firstElementChild) cell.firstElementChild.textContent = String(count);
  cell.title = `${hoursText(hour)}: ${count}`;
}

function showOwnZone(table: HTMLElement): void {
  const shift = Math.round(-new Date().getTimezoneOffset() / MINUTES);
  const cells = [...table.querySelectorAll<HTMLElement>("[data-hour]")];
  const utc = cells.map((cell) => Number(cell.textContent));
  const own = utc.map((_, hour) => utc[(hour - shift + WEEK) % WEEK] ?? 0);
  const most = Math.max(...own);
  cells.forEach((cell, hour) => showCell(cell, hour, own[hour] ?? 0, most));
  for (const zone of document.querySelectorAll("#week-zone")) zone.textContent = say("your_time");
  const text = document.querySelector<HTMLElement>("#week-text[data-named]");
  if (text) text.textContent = nameLoudest(own);
}

/** Show the week of a channel's page. */
export function startWeek(): void {
  const table = document.getElementById("week");
  if (table) showOwnZone(table);
}
