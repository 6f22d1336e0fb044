// Share, and copy the page's address: shown where the browser can.

import { dressWith, write } from "./pieces";
import { say } from "./words";

const COPIED_MS = 2000;

async function copy(button: Element): Promise<void> {
  await navigator.clipboard.writeText(location.href.split("#")[0] ?? "");
  write(button, say("copied"));
  setTimeout(() => write(button, say("copy")), COPIED_MS);
}

/** Show what works here; the style keeps the place of what is not looked at yet. */
function show(button: HTMLElement, works: boolean): void {
  button.hidden = !works;
  button.dataset.known = "";
}

function showButtons(root: ParentNode): void {
  for (const button of root.querySelectorAll<HTMLElement>("[data-share]")) show(button, "share" in navigator);
  for (const button of root.querySelectorAll<HTMLElement>("[data-copy]")) show(button, "clipboard" in navigator);
}

/** Let the buttons share and copy. */
export function startSharing(): void {
  dressWith(showButtons);
  document.addEventListener("click", (event) => {
    const button = (event.target as Element).closest<HTMLElement>("[data-share], [data-copy]");
    if (!button) return;
    if ("copy" in button.dataset) void copy(button);
    else navigator.share({ title: document.title, url: location.href }).catch(() => undefined); // the visitor closed it
  });
}
