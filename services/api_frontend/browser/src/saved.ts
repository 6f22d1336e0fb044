// What the visitor saved stays in the browser.

import { dress, dressWith } from "./pieces";

const SAVED = "saved"; // the key in the browser's storage
const MOST_SAVED = 100;

function savedIds(): string[] | null {
  try {
    const ids: unknown = JSON.parse(localStorage.getItem(SAVED) ?? "[]");
    return Array.isArray(ids) ? ids.filter((id) => typeof id === "string") : [];
  } catch {
    return null; // the browser keeps nothing
  }
}

function showSaved(root: ParentNode): void {
  const ids = savedIds();
  for (const button of root.querySelectorAll<HTMLElement>("[data-save]")) {
    button.hidden = ids === null;
    button.dataset.known = "";
    button.setAttribute("aria-pressed", String(Boolean(ids?.includes(button.dataset.save ?? ""))));
  }
}

function toggleSaved(id: string): void {
  const ids = savedIds() ?? [];
  const kept = ids.includes(id) ? ids.filter((other) => other !== id) : [id, ...ids].slice(0, MOST_SAVED);
  localStorage.setItem(SAVED, JSON.stringify(kept));
  showSaved(document);
}

async function fillSaved(list: HTMLElement): Promise<void> {
  const ids = savedIds() ?? [];
  const nothing = document.getElementById("nothing-saved") as HTMLElement;
  nothing.hidden = Boolean(ids.length);
  if (!ids.length || list.children.length) return;
  const answer = await fetch(`/saved?${new URLSearchParams({ ids: ids.join(",") })}`);
  if (!answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  list.replaceChildren(...fresh.querySelectorAll("#saved > .card"));
  nothing.hidden = Boolean(list.children.length);
  dress(list);
}

/** Let hearts save, in every open page of the site, and fill the page of what is saved. */
export function startSaved(): void {
  dressWith(showSaved);
  document.addEventListener("click", (event) => {
    const button = (event.target as Element).closest<HTMLElement>("[data-save]");
    if (button?.dataset.save) toggleSaved(button.dataset.save);
  });
  addEventListener("storage", () => showSaved(document));
  const list = document.querySelector<HTMLElement>("[data-saved]");
  if (list) void fillSaved(list);
}
