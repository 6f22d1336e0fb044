"""Finds the uses of emotes in a message: whole tokens between spaces, case and all.

Twitch's own spans come first; punctuation may touch them. What they cover is blank for the catalogue's names.
"""

from collections.abc import Iterable, Mapping

from contracts.chat_messages import Emote

EmoteKey = tuple[str, str, str]  # provider, id, name as it was written


def uses_in(text: str, tagged: Iterable[Emote], names: Mapping[str, tuple[str, str]]) -> list[EmoteKey]:
    """Return every use, one that is repeated as often as it is there.

    `tagged`: the emotes of Twitch's tag. `names`: provider and id of each name that counts in this channel now.
    """
    found: list[EmoteKey] = []
    rest = text
    for emote in tagged:
        name = text[emote.start : emote.end + 1]
        if is_whole(text, emote) and not rest[emote.start : emote.end + 1].isspace():
            found.append((emote.provider, emote.id, name))
            rest = rest[: emote.start] + " " * len(name) + rest[emote.end + 1 :]
    look_up = names.get
    return found + [(*known, token) for token in rest.split() if (known := look_up(token))]


def is_whole(text: str, emote: Emote) -> bool:
    """Return whether an emote's place holds a token: Twitch shifts the places of a line that it counted wrongly."""
    name = text[emote.start : emote.end + 1]
    before, after = text[: emote.start][-1:], text[emote.end + 1 : emote.end + 2]
    is_there = emote.start >= 0 and len(name) == emote.end - emote.start + 1 and len(name.split()) == 1
    return is_there and not (name[0].isspace() or name[-1].isspace() or before.isalnum() or after.isalnum())
