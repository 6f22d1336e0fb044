"""The providers' answers in their public shapes, with the fields that readers do not need."""

from collections.abc import Sequence
from typing import Any

from twitch_simulator.emotes.catalogues import SimulatedEmote, emote_id

MAKER = {"id": "60ae958e229664e8667aea38", "username": "maker", "display_name": "Maker", "roles": [], "style": {}}
Json = dict[str, Any]


def set_id(channel_id: str) -> str:
    """Return the id of a channel's active set at 7TV."""
    return emote_id("7tv", f"set:{channel_id}")


def seventv_entry(emote: SimulatedEmote, host: str, number: int) -> Json:
    """Build an emote of a set. Where it is zero-width, one place of two says it, in turn."""
    in_entry = emote.is_zero_width and number % 2 == 0
    files = [
        {"name": f"{size}x.{kind}", "static_name": f"{size}x_static.{kind}", "width": 32 * size, "height": 32 * size,
         "frame_count": 30 if emote.is_animated else 1, "size": 900 * size * size, "format": kind.upper()}
        for kind in ("avif", "webp") for size in (1, 2, 3, 4)
    ]  # fmt: skip
    data = {
        "id": emote.id, "name": emote.maker_name, "flags": 256 if emote.is_zero_width and not in_entry else 0,
        "tags": [], "lifecycle": 3, "state": ["LISTED"], "listed": True, "animated": emote.is_animated,
        "owner": MAKER, "host": {"url": f"{host}/{emote.id}", "files": files},
    }  # fmt: skip
    entry = {"id": emote.id, "name": emote.name, "flags": int(in_entry), "timestamp": 1_670_000_000_000 + number}
    return entry | {"actor_id": None, "data": data, "origin_id": None}


def seventv_set(id_: str, name: str, emotes: Sequence[SimulatedEmote], host: str) -> Json:
    """Build a set; an empty one has no `emotes`."""
    head = {"id": id_, "name": name, "flags": 0, "tags": [], "immutable": False, "privileged": False}
    shown = {"emotes": [seventv_entry(emote, host, number) for number, emote in enumerate(emotes)]} if emotes else {}
    count = {"emote_count": len(emotes)} if emotes else {}
    return head | shown | count | {"capacity": 1000, "owner": MAKER}


def seventv_user(channel_id: str, login: str, embedded: Json | None, active: str | None) -> Json:
    """Build a user: since August 2026 its set is null, and `emote_set_id` names the active one of several."""
    other = {
        "id": emote_id("7tv", f"christmas:{channel_id}"),
        "name": "Christmas",
        "flags": 0,
        "tags": [],
        "capacity": 1000,
    }
    sets = [other, *([{"id": active, "name": f"{login}'s Emotes", "flags": 0, "tags": []}] if active else [])]
    user = {"id": emote_id("7tv", f"user:{channel_id}"), "username": login, "display_name": login, "emote_sets": sets}
    account = {
        "id": channel_id,
        "platform": "TWITCH",
        "username": login,
        "display_name": login,
        "linked_at": 1_660_000_000_000,
    }
    return account | {"emote_capacity": 1000, "emote_set_id": active, "emote_set": embedded, "user": user}


def bttv_entry(emote: SimulatedEmote, channel_id: str) -> Json:
    """Build an emote of BetterTTV; a shared one names its maker."""
    kind = "gif" if emote.is_animated else "png"
    entry = {"id": emote.id, "code": emote.name, "imageType": kind, "animated": emote.is_animated}
    maker = {"user": {"id": "5561169bd6b9d206222a8c19", "name": "maker", "displayName": "Maker", "providerId": "1"}}
    return entry | ({"userId": "5561169bd6b9d206222a8c19", "modifier": False} if not channel_id else maker)


def bttv_global(emotes: Sequence[SimulatedEmote]) -> list[Json]:
    """Build the global answer, with two modifiers, which are no emotes."""
    modifiers = [
        {
            "id": emote_id("bttv", code),
            "code": code,
            "imageType": "png",
            "animated": False,
            "userId": "55",
            "modifier": True,
        }
        for code in ("w!", "h!")
    ]
    return modifiers + [bttv_entry(emote, "") for emote in emotes]


def bttv_channel(channel_id: str, emotes: Sequence[SimulatedEmote]) -> Json:
    """Build a channel's answer: a third are its own, the others are shared."""
    own = [bttv_entry(emote, "") for emote in emotes[::3]]
    shared = [bttv_entry(emote, channel_id) for number, emote in enumerate(emotes) if number % 3]
    head = {"id": emote_id("bttv", f"user:{channel_id}"), "bots": [], "avatar": ""}
    return head | {"channelEmotes": own, "sharedEmotes": shared}


def ffz_entry(emote: SimulatedEmote, pictures: str) -> Json:
    """Build an emote of FrankerFaceZ; one in four has a single size."""
    sizes = ("1",) if int(emote.id) % 4 == 0 else ("1", "2", "4")
    urls = {size: f"{pictures}/emote/{emote.id}/{size}" for size in sizes}
    look = {"id": int(emote.id), "name": emote.name, "height": 32, "width": 32, "public": False, "hidden": False}
    moving = {"animated": urls} if emote.is_animated else {}
    rest = {"owner": {"_id": 1, "name": "maker", "display_name": "Maker"}, "css": None, "margins": None, "offset": None}
    return look | {"modifier": emote.is_zero_width, "modifier_flags": 0, "urls": urls, "status": 1} | moving | rest


def ffz_set(number: int, title: str, emotes: Sequence[SimulatedEmote], pictures: str) -> Json:
    """Build a set of FrankerFaceZ."""
    head = {"id": number, "_type": 1, "icon": None, "title": title, "css": None}
    return head | {"emoticons": [ffz_entry(emote, pictures) for emote in emotes]}


def ffz_global(emotes: Sequence[SimulatedEmote], extra: Sequence[SimulatedEmote], pictures: str) -> Json:
    """Build the global answer, with a set that only some people have."""
    sets = {"3": ffz_set(3, "Global Emotes", emotes, pictures), "4330": ffz_set(4330, "Supporters", extra, pictures)}
    return {"default_sets": [3], "sets": sets, "users": {"4330": ["maker"]}}


def ffz_room(channel_id: str, login: str, emotes: Sequence[SimulatedEmote], pictures: str) -> Json:
    """Build a room's answer."""
    number = 100_000 + int(channel_id) % 900_000
    room = {"_id": number, "twitch_id": int(channel_id), "youtube_id": None, "id": login, "display_name": login}
    rest = {"set": number, "is_group": False, "moderator_badge": None, "vip_badge": None, "mod_urls": None, "css": None}
    return {"room": room | rest, "sets": {str(number): ffz_set(number, f"Channel: {login}", emotes, pictures)}}
