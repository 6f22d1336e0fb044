"""Answers in the providers' public shapes, with the fields that nobody here reads."""

from collections.abc import Mapping
from typing import Any

import msgspec

from emote_catalogue.fetching import Answer

SET_ID = "01GG8F04Y000089195YKEP5CA3"
EMOTE_ID = "01F00Z3A9G0007E4VV006YKSK9"
BTTV_ID = "566ca04265dbbdab32ec054a"
Page = Answer | Any  # a whole answer, or the JSON of a good one


def seventv_entry(name: str, emote_id: str = EMOTE_ID, flags: int = 0, data_flags: int = 0) -> dict[str, Any]:
    """A set's entry."""
    file = {"name": "1x.webp", "static_name": "1x_static.webp", "width": 32, "height": 32, "frame_count": 1}
    data = {
        "id": emote_id, "name": f"maker{name}", "flags": data_flags, "tags": ["x"], "lifecycle": 3,
        "state": ["LISTED"], "listed": True, "animated": False,
        "owner": {"id": "60ae", "username": "maker", "display_name": "Maker", "roles": []},
        "host": {"url": f"//cdn.7tv.app/emote/{emote_id}", "files": [file | {"size": 1200, "format": "WEBP"}]},
    }  # fmt: skip
    return {"id": emote_id, "name": name, "flags": flags, "timestamp": 1670000000000, "actor_id": None, "data": data}


def seventv_set(*entries: dict[str, Any], set_id: str = SET_ID) -> dict[str, Any]:
    """A set; an empty one has no `emotes`."""
    head = {"id": set_id, "name": "Emotes", "flags": 0, "tags": [], "immutable": False, "privileged": False}
    shown = {"emotes": list(entries), "emote_count": len(entries)} if entries else {}
    return head | shown | {"capacity": 1000, "owner": {"id": "60ae", "username": "x"}}


def seventv_user(**fields: Any) -> dict[str, Any]:
    """A user with a Twitch account and two sets, the second of which is active."""
    others = [{"id": "01OTHERSET", "name": "Christmas", "flags": 0}, {"id": SET_ID, "name": "Emotes", "flags": 0}]
    account = {"id": "71092938", "platform": "TWITCH", "username": "somebody", "emote_capacity": 1000}
    return account | {"emote_set": None, "emote_set_id": SET_ID, "user": {"emote_sets": others}} | fields


def bttv_entry(code: str, emote_id: str = BTTV_ID, **fields: Any) -> dict[str, Any]:
    """An emote of BetterTTV."""
    return {"id": emote_id, "code": code, "imageType": "png", "animated": False, "userId": "5561169b"} | fields


def bttv_channel(own: list[Any], shared: list[Any]) -> dict[str, Any]:
    """A channel's answer."""
    return {"id": "5561", "bots": [], "avatar": "https://x/y.png", "channelEmotes": own, "sharedEmotes": shared}


def ffz_entry(name: str, emote_id: Any = 28136, **fields: Any) -> dict[str, Any]:
    """An emote of FrankerFaceZ."""
    urls = {factor: f"https://cdn.frankerfacez.com/emote/{emote_id}/{factor}" for factor in ("1", "2", "4")}
    size = {"height": 25, "width": 30, "public": False, "hidden": False, "modifier": False, "modifier_flags": 0}
    entry = {"id": emote_id, "name": name, "offset": None, "margins": None, "css": None, "owner": {"_id": 1}}
    return entry | size | {"urls": urls, "status": 1, "usage_count": 9} | fields


def ffz_set(number: int, *entries: dict[str, Any]) -> dict[str, Any]:
    """A set of FrankerFaceZ."""
    return {"id": number, "_type": 1, "icon": None, "title": "Global", "css": None, "emoticons": list(entries)}


def ffz_room(*entries: dict[str, Any], twitch_id: int = 22484632) -> dict[str, Any]:
    """A room's answer: its own set, and another one."""
    room = {
        "_id": 342342,
        "twitch_id": twitch_id,
        "youtube_id": None,
        "id": "forsen",
        "set": 380,
        "moderator_badge": None,
    }
    return {"room": room, "sets": {"380": ffz_set(380, *entries), "381": ffz_set(381, ffz_entry("others", 5))}}


class Pages:
    """A `fetch` that answers from pages by the end of their addresses, and notes what was asked."""

    def __init__(self, **pages: Page) -> None:
        self._pages = pages
        self.asked: list[str] = []
        self.headers: list[Mapping[str, str]] = []

    def __call__(self, url: str, headers: Mapping[str, str]) -> Answer:
        """Return the answer of the page that the address ends with."""
        self.asked.append(url)
        self.headers.append(headers)
        page = self._pages[url.rpartition("/")[2]]
        return page if isinstance(page, Answer) else Answer(200, msgspec.json.encode(page))
