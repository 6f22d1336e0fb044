// The picture of a clip becomes Twitch's player on a tap, and not before.

/** What an element hears once a player stands in it. */
export const PLAYING = "playing-clip";

/** Put the player in the picture's place. In the viewing mode the keys stay with the page. */
export function play(link: HTMLElement): void {
  const frame = document.createElement("iframe");
  frame.src = link.dataset.embed ?? "";
  frame.title = link.dataset.title ?? "";
  frame.allow = "autoplay; fullscreen";
  link.replaceWith(frame);
  if (!frame.closest(".watch")) frame.focus();
  frame.dispatchEvent(new CustomEvent(PLAYING, { bubbles: true }));
}

/** Let a tap on a clip's picture load the player; with a key for a new tab it stays a link. */
export function startPlayer(): void {
  document.addEventListener("click", (event) => {
    const link = (event.target as Element).closest<HTMLElement>("a[data-embed]");
    if (!link || event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    play(link);
  });
}
