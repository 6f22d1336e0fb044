// Times in the visitor's zone and the page's language.

import { now } from "./clock";
import { dressWith, write } from "./pieces";
import { locale, say } from "./words";

const REFRESH_MS = 20_000; // "6 min ago" moves on
const MINUTE = 60;
const HOUR = 3600;
const DAY = 86_400; // seconds

const clock = new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit" });
const clockSeconds = new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const day = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short" });
const dayOfYear = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short", year: "numeric" });
const full = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "long" });

/** Write hours and minutes. */
export const clockText = (at: Date): string => clock.format(at);

/** Write a day without its year. */
export const dayText = (at: Date): string => day.format(at);

/** Write hours, minutes and seconds. */
export const secondText = (at: Date): string => clockSeconds.format(at);

/** Write hours and minutes, and the day unless it is today. */
export function when(at: Date): string {
  const today = new Date();
  if (today.toDateString() === at.toDateString()) return clock.format(at);
  const date = today.getFullYear() === at.getFullYear() ? day : dayOfYear;
  return `${date.format(at)}, ${clock.format(at)}`;
}

const age = (at: Date): number => Math.max(0, Math.floor((now() - Number(at)) / 1000));

function ago(at: Date): string {
  const minutes = Math.floor(age(at) / MINUTE);
  if (minutes < 1) return say("just_now");
  return minutes < 60 ? say("minutes_ago", { count: minutes }) : when(at);
}

function since(at: Date): string {
  const seconds = age(at);
  if (seconds < MINUTE) return say("seconds_ago", { count: seconds });
  if (seconds < HOUR) return say("minutes_ago", { count: Math.floor(seconds / MINUTE) });
  if (seconds < DAY) return say("hours_ago", { count: Math.floor(seconds / HOUR) });
  return say("days_ago", { count: Math.floor(seconds / DAY) });
}

function behind(at: Date): string {
  const seconds = age(at);
  if (seconds < HOUR) return say("minutes_behind", { count: Math.max(1, Math.floor(seconds / MINUTE)) });
  if (seconds < 2 * DAY) return say("hours_behind", { count: Math.floor(seconds / HOUR) });
  return say("days_behind", { count: Math.floor(seconds / DAY) });
}

const FORMS: Record<string, (at: Date) => string> = {
  when,
  ago,
  since,
  behind,
  seconds: secondText,
  full: (at) => full.format(at),
};

/** Write each time of the piece as its `data-form` says. */
export function showTimes(root: ParentNode): void {
  for (const time of root.querySelectorAll<HTMLTimeElement>("time[data-form]")) {
    const form = FORMS[time.dataset.form ?? ""];
    if (!form) continue;
    const at = new Date(time.dateTime);
    write(time, form(at));
    time.title = full.format(at);
  }
}

/** Move on the ages that count seconds. */
export function showAges(): void {
  for (const time of document.querySelectorAll<HTMLTimeElement>("time[data-form=since], time[data-form=behind]"))
    write(time, (FORMS[time.dataset.form ?? ""] ?? since)(new Date(time.dateTime)));
}

/** Tell the server the visitor's zone, and keep the page's times true. */
export function startTimes(): void {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (zone) document.cookie = `tz=${encodeURIComponent(zone)}; path=/; max-age=31536000; samesite=lax`;
  dressWith(showTimes);
  setInterval(() => showTimes(document), REFRESH_MS);
}
