// A search that shows what it finds while one types; without the script its form does the same.

import { renew } from "./pieces";

const PAUSE_MS = 250; // after the last letter

function seek(form: HTMLFormElement): void {
  let waiting = 0;
  let turn = 0;

  async function show(): Promise<void> {
    const own = ++turn;
    const address = new URL(form.action);
    for (const [name, value] of new FormData(form)) if (value) address.searchParams.append(name, String(value));
    try {
      const answer = await fetch(address, { headers: { Accept: "text/html" } });
      if (!answer.ok || own !== turn) return;
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById(form.dataset.seek ?? "");
      const old = document.getElementById(form.dataset.seek ?? "");
      if (!fresh || !old || own !== turn) return;
      renew(old, fresh);
      history.replaceState(null, "", address);
    } catch {
      // the button still works
    }
  }

  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => void show(), PAUSE_MS);
  });
}

/** Let searches answer while one types. */
export function startSeeking(): void {
  for (const form of document.querySelectorAll<HTMLFormElement>("form[data-seek]")) seek(form);
}
