// The server's clock: ages are true on a machine whose own clock is not.

let skew = 0; // ms that the visitor's clock is ahead

/** Return the time by the server's clock (ms). */
export const now = (): number => Date.now() - skew;

/** Learn the server's clock from a time and how old it was when the server wrote it. */
export function setClock(header: ParentNode): void {
  const time = header.querySelector<HTMLTimeElement>("time[data-age]");
  if (time) skew = Date.now() - Number(time.dataset.age) * 1000 - Number(new Date(time.dateTime));
}
