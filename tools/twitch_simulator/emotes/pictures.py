"""Draws an emote: a face in the colour and mood of its id, so that equal emotes look alike. SVG without text."""

from random import Random

SIZE = 64


def draw_emote(emote_id: str, is_animated: bool = False) -> str:
    """Return the picture."""
    rng = Random(f"emote:{emote_id}")
    hue, brow, mouth = rng.randrange(360), rng.uniform(-8, 8), rng.uniform(-12, 14)
    eyes = rng.uniform(3.5, 7)
    swing = (
        '<animateTransform attributeName="transform" type="rotate" values="-7 32 36;7 32 36;-7 32 36" dur="1.2s" '
        'repeatCount="indefinite"/>'
        if is_animated
        else ""
    )
    face = (
        f'<circle cx="32" cy="34" r="27" fill="hsl({hue},60%,52%)"/>'
        f'<circle cx="22" cy="29" r="{eyes:.1f}" fill="#fff"/><circle cx="42" cy="29" r="{eyes:.1f}" fill="#fff"/>'
        f'<circle cx="23" cy="30" r="2.6"/><circle cx="43" cy="30" r="2.6"/>'
        f'<path d="M16 {18 + brow / 2:.0f}l12 {-brow / 2:.0f}M48 {18 + brow / 2:.0f}l-12 {-brow / 2:.0f}" '
        'stroke="#222" stroke-width="3"/>'
        f'<path d="M19 46q13 {mouth:.0f} 26 0" fill="none" stroke="#222" stroke-width="3.5" stroke-linecap="round"/>'
    )
    frame = f'<svg xmlns="http://www.w3.org/2000/svg" width="{SIZE}" height="{SIZE}" viewBox="0 0 {SIZE} {SIZE}">'
    return f"{frame}<g>{face}{swing}</g></svg>"
