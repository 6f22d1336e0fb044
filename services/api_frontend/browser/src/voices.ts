// Verdicts and hearts: the server keeps them, the browser remembers them, so that pages that are the same for all show them.

import { dressWith, write } from "./pieces";
import { say } from "./words";

type Verdict = "good" | "not_really";
interface Told {
  verdict: Verdict | null;
  saved: boolean;
  counts: string;
}

const SAVED = "saved"; // keys in the browser's storage
const VERDICTS = "verdicts";
const CARRIED = "carried"; // set once the server has what was saved before
const MOST = 500; // remembered of each
const MOST_CARRIED = 100;
const SHOWN_MS = 8000;

function read<T>(key: string, nothing: T): T {
  try {
    return (JSON.parse(localStorage.getItem(key) ?? "null") as T | null) ?? nothing;
  } catch {
    return nothing;
  }
}

function remember(key: string, value: unknown): void {
  try {
    localStorage.setItem(key, JSON.stringify(value));
  } catch {
    // the browser keeps nothing; the server does
  }
}

const savedIds = (): string[] => read<string[]>(SAVED, []);
const verdicts = (): Record<string, Verdict> => read<Record<string, Verdict>>(VERDICTS, {});

function noteOwn(id: string, { verdict, saved }: Told): void {
  const others = savedIds().filter((other) => other !== id);
  remember(SAVED, saved ? [id, ...others].slice(0, MOST) : others);
  const known = Object.entries(verdicts()).filter(([other]) => other !== id);
  remember(VERDICTS, Object.fromEntries((verdict ? [...known, [id, verdict]] : known).slice(-MOST)));
}

function showOwn(root: ParentNode): void {
  const [ids, said] = [savedIds(), verdicts()];
  for (const button of root.querySelectorAll<HTMLElement>("[data-save]")) {
    button.hidden = false;
    button.dataset.known = "";
    button.ariaPressed = String(ids.includes(button.dataset.save ?? ""));
  }
  for (const button of root.querySelectorAll<HTMLElement>("[data-says]")) {
    const id = button.closest<HTMLElement>("[data-verdict]")?.dataset.verdict ?? "";
    button.ariaPressed = String(said[id] === button.dataset.says);
  }
}

/** Say for a while what went wrong, to all. */
function complain(text: string): void {
  const place = document.createElement("p");
  place.className = "complaint";
  place.setAttribute("role", "alert");
  document.body.append(place);
  write(place, text);
  setTimeout(() => place.remove(), SHOWN_MS);
}

async function problemOf(answer: Response): Promise<string> {
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  return page.querySelector(".problem p")?.textContent ?? say("not_sent");
}

/** Tell the server, and show what it says then. */
async function tell(id: string, field: "verdict" | "saved", value: string): Promise<void> {
  try {
    const answer = await fetch(`/moments/${encodeURIComponent(id)}/verdict`, {
      method: "POST",
      headers: { Accept: "application/json" },
      keepalive: true, // whoever presses and goes on at once means it
      body: new URLSearchParams({ [field]: value }),
    });
    if (!answer.ok) return complain(await problemOf(answer));
    const told = (await answer.json()) as Told;
    noteOwn(id, told);
    if (document.querySelector<HTMLElement>("[data-verdict]")?.dataset.verdict === id)
      write(document.getElementById("voices"), told.counts);
  } catch {
    complain(say("not_sent"));
  } finally {
    showOwn(document);
  }
}

function press(event: MouseEvent): void {
  const button = (event.target as Element).closest<HTMLElement>("[data-save], [data-says]");
  if (!button) return;
  event.preventDefault();
  const isOn = button.ariaPressed === "true";
  button.ariaPressed = String(!isOn); // as it will be; the server's answer decides
  const { save, says } = button.dataset;
  if (save) void tell(save, "saved", isOn ? "0" : "1");
  else if (says) void tell(button.closest<HTMLElement>("[data-verdict]")?.dataset.verdict ?? "", "verdict", isOn ? "none" : says);
}

/** Hand over what this browser saved before the server kept it; the page of what is saved is then asked for again. */
async function carry(): Promise<void> {
  const ids = savedIds();
  if (read(CARRIED, false)) return;
  if (ids.length) {
    const body = new URLSearchParams({ ids: ids.slice(0, MOST_CARRIED).join(",") });
    const answer = await fetch("/saved/carry", { method: "POST", body });
    if (!answer.ok) return;
  }
  remember(CARRIED, true);
  if (ids.length && document.querySelector("[data-saved]")) location.reload();
}

/** On the visitor's own page: what the server shows there is what is saved. */
function learn(list: HTMLElement): void {
  if (savedIds().length && !read(CARRIED, false)) return;
  const shown = [...list.querySelectorAll<HTMLElement>(":scope > .card")].map((card) => card.dataset.id ?? "");
  remember(SAVED, shown);
}

/** On the visitor's own page of a moment: what the server shows pressed is what was said. */
function learnVoice(form: HTMLElement): void {
  const pressed = (name: string) => form.querySelector<HTMLElement>(`[data-${name}][aria-pressed=true]`);
  const verdict = (pressed("says")?.dataset.says ?? null) as Verdict | null;
  noteOwn(form.dataset.verdict ?? "", { verdict, saved: pressed("save") !== null, counts: "" });
}

/** Let verdicts and hearts answer, in every open page of the site. */
export function startVoices(): void {
  const own = document.querySelector<HTMLElement>("[data-verdict][data-told]");
  if (own) learnVoice(own);
  const list = document.querySelector<HTMLElement>("[data-saved]");
  if (list) learn(list);
  dressWith(showOwn);
  document.addEventListener("click", press);
  addEventListener("storage", () => showOwn(document));
  document.querySelector("[data-forget]")?.addEventListener("submit", () => {
    for (const key of [SAVED, VERDICTS, CARRIED]) localStorage.removeItem(key);
  });
  void carry().catch(() => undefined); // the next page tries again
}
