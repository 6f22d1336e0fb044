// The picture of a clip becomes Twitch's player on a tap, and not before.

function play(link: HTMLElement): void {
  const frame = document.createElement("iframe");
  frame.src = link.dataset.embed ?? "";
  frame.title = link.dataset.title ?? "";
  frame.allow = "autoplay; fullscreen";
  link.replaceWith(frame);
  frame.focus();
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
