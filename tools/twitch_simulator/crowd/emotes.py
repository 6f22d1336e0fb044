"""Twitch's emotes by name, and their positions in a text."""

import re
from typing import Final

GLOBAL_EMOTES: Final[dict[str, str]] = {
    "Kappa": "25",
    "Keepo": "1902",
    "LUL": "425618",
    "PogChamp": "305954156",
    "Kreygasm": "41",
    "BibleThump": "86",
    "DansGame": "33",
    "FailFish": "360",
    "HeyGuys": "30259",
    "NotLikeThis": "58765",
    "ResidentSleeper": "245",
    "SeemsGood": "64138",
    "WutFace": "28087",
    "4Head": "354",
    "BabyRage": "22639",
    "SwiftRage": "34",
    "PJSalt": "36",
    "Jebaited": "114836",
    "VoHiYo": "81274",
    "CurseLit": "116625",
    "CoolStoryBob": "123171",
    "<3": "9",
    ":)": "1",
    ":D": "3",
    "scoutHype": "emotesv2_4f3c2d1e0b9a48768f5e4d3c2b1a0f9e",
    "scoutGG": "emotesv2_0a1b2c3d4e5f40718293a4b5c6d7e8f9",
}
# Emotes of other providers, which Twitch does not tag.
FOREIGN_EMOTES: Final = ("KEKW", "OMEGALUL", "monkaS", "PepeLaugh", "POGGERS", "EZ", "Clap", "catJAM", "Sadge")

_WORD = re.compile(r"\S+")


def emotes_only(text: str) -> bool:
    """Return whether a room in emote-only mode accepts the text."""
    return all(word in GLOBAL_EMOTES for word in text.split())


def emotes_tag(text: str) -> str:
    """Return the value of the `emotes` tag: `25:0-4,12-16/1902:6-10`, in code points, both ends inclusive."""
    positions: dict[str, list[str]] = {}
    for word in _WORD.finditer(text):
        emote_id = GLOBAL_EMOTES.get(word.group())
        if emote_id is not None:
            positions.setdefault(emote_id, []).append(f"{word.start()}-{word.end() - 1}")
    return "/".join(f"{emote_id}:{','.join(spans)}" for emote_id, spans in positions.items())
