// Pieces of pages that come from the server, and what is done to each before it is shown.

type Dress = (root: ParentNode) => void;
const dresses: Dress[] = [];

/** Let `dress` prepare the page, and each piece that comes later. */
export function dressWith(dress: Dress): void {
  dresses.push(dress);
}

/** Prepare a piece: times in the visitor's zone, what is saved, curves. */
export function dress(root: ParentNode): void {
  for (const each of dresses) each(root);
}

/** Change an element's text; the same text is left alone, since screen readers speak each change. */
export function write(element: Element | null, text: string): void {
  if (element && element.textContent !== text) element.textContent = text;
}

/** Make the element that this HTML describes. */
export function piece(html: string): HTMLElement {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content.firstElementChild as HTMLElement;
}

/** Find the elements of a moment. */
export const marked = (id: string): string => `[data-id="${CSS.escape(id)}"]`;

function copyAttributes(old: HTMLElement, fresh: HTMLElement): void {
  for (const { name } of [...old.attributes]) if (!fresh.hasAttribute(name)) old.removeAttribute(name);
  for (const { name, value } of fresh.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
}

/**
 * Make `old` equal to `fresh` and keep its elements, so that the focus stays.
 *
 * The script owns the attributes of an element with `data-own`, and all that is in one with `data-kept`.
 */
function morph(old: ChildNode, fresh: ChildNode): void {
  if (old.isEqualNode(fresh)) return;
  if (!(old instanceof Element) || !(fresh instanceof Element)) {
    if (old.nodeType === fresh.nodeType) old.nodeValue = fresh.nodeValue;
    else old.replaceWith(fresh.cloneNode(true));
    return;
  }
  if (old.nodeName !== fresh.nodeName || old.id !== fresh.id) return old.replaceWith(fresh.cloneNode(true));
  if (old.hasAttribute("data-kept") || old.querySelector(":scope > iframe")) return; // the clip plays
  if (!old.hasAttribute("data-own")) copyAttributes(old as HTMLElement, fresh as HTMLElement);
  const olds = [...old.childNodes];
  const news = [...fresh.childNodes];
  news.forEach((child, index) => {
    const place = olds[index];
    if (place) morph(place, child);
    else old.append(child.cloneNode(true));
  });
  for (const child of olds.slice(news.length)) child.remove();
}

/** Change an element of the page into a newer version of it. */
export function renew(old: HTMLElement, fresh: HTMLElement): void {
  morph(old, fresh);
  dress(old.isConnected ? old : document);
}
