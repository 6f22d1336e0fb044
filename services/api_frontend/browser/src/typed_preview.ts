// The preview beside a form follows what is typed; without this script its Preview button does.

const PAUSE_MS = 400; // after the last key

class TypedPreview {
  private waiting = 0;
  private asked = 0; // the newest question: an older answer that comes late is dropped

  constructor(
    private readonly form: HTMLFormElement,
    private readonly place: Element,
  ) {
    form.addEventListener("input", () => {
      clearTimeout(this.waiting);
      this.waiting = window.setTimeout(() => void this.ask(), PAUSE_MS);
    });
  }

  private async ask(): Promise<void> {
    const asked = ++this.asked;
    const typed = new URLSearchParams();
    for (const [name, value] of new FormData(this.form)) if (typeof value === "string") typed.append(name, value);
    typed.set("do", "preview");
    typed.set("piece", "1");
    try {
      const answer = await fetch(this.form.action, { method: "POST", body: typed });
      const html = await answer.text();
      if (answer.ok && asked === this.asked) this.place.innerHTML = html;
    } catch {
      // the button asks again, and says what is wrong
    }
  }
}

/** Keep previews up to date with their forms. */
export function startTypedPreviews(): void {
  for (const form of document.querySelectorAll<HTMLFormElement>("form[data-preview]")) {
    const place = form.querySelector("[data-preview-place] > div");
    if (place) new TypedPreview(form, place);
  }
}
