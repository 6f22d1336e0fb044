"""Helix's answers as public bug reports, mocks and the reference show them, and every way to damage one."""

from collections.abc import Iterator
from typing import Any

from unit.support.scripted_twitch import Reply

USER = {"id": "141981764", "login": "twitchdev", "display_name": "TwitchDev", "type": "", "view_count": 5980557}
STREAM = {
    "id": "40952121085",
    "user_id": "101051819",
    "user_login": "afro",
    "user_name": "Afro",
    "game_id": "32982",
    "game_name": "Grand Theft Auto V",
    "type": "live",
    "title": "Jacob: Digital Den Laptops & Routers | NoPixel",
    "tags": ["English"],
    "viewer_count": 1490,
    "started_at": "2021-03-10T03:18:11Z",
    "language": "en",
    "tag_ids": [],
    "is_mature": False,
}
GAME = {"id": "33214", "name": "Fortnite", "box_art_url": "https://a/{width}x{height}.jpg", "igdb_id": "1905"}
VIDEO = {
    "id": "335921245",
    "stream_id": None,
    "user_id": "141981764",
    "user_login": "twitchdev",
    "url": "https://www.twitch.tv/videos/335921245",
    "created_at": "2018-11-14T21:30:18Z",
    "published_at": "2018-11-14T22:04:30Z",
    "type": "archive",
    "duration": "3m21s",
    "muted_segments": None,
}
REQUESTED_CLIP = {"id": "FiveWordsForClipSlug", "edit_url": "https://clips.twitch.tv/FiveWordsForClipSlug/edit"}
CLIP = {
    "id": "AwkwardHelplessSalamanderSwiftRage",
    "url": "https://clips.twitch.tv/AwkwardHelplessSalamanderSwiftRage",
    "embed_url": "https://clips.twitch.tv/embed?clip=AwkwardHelplessSalamanderSwiftRage",
    "broadcaster_id": "67955580",
    "creator_id": "53834192",
    "video_id": "",
    "title": "babymetal",
    "created_at": "2017-11-30T22:34:18Z",
    "thumbnail_url": "https://clips-media-assets2.twitch.tv/157589949-preview-480x272.jpg",
    "duration": 60,
    "vod_offset": None,
}
GRANT = {"access_token": "new", "refresh_token": "next", "expires_in": 14_000, "scope": ["clips:edit"]}
VALIDATION = {"client_id": "client", "login": "me", "user_id": "7", "scopes": ["clips:edit"], "expires_in": 5_520_838}
OTHER_VALUES: tuple[Any, ...] = (
    None, 7, -1, 10**30, 1.5, True, "", "a b\r\nQUIT", "2026-01-01T00:00:00", "0001-01-01T00:00:00+14:00",
    [], {}, [None],
)  # fmt: skip
BODIES = (b"", b"null", b"7", b"<html>502</html>", b"\xff\xfe", b'{"data":', b'{"data": {}}', b'{"data": [null, 3]}')
NESTED = b'{"data": [], "x": ' + b"[" * 100_000


def damaged(item: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the item with each field missing and with each field of another value."""
    for name in item:
        yield {key: value for key, value in item.items() if key != name}
        yield from (item | {name: value} for value in OTHER_VALUES)


def page_replies(item: dict[str, Any], status: int = 200) -> Iterator[Reply]:
    """Yield answers with a damaged item, without or with an odd pagination, and with bodies that are no page."""
    for each in damaged(item):
        yield Reply(status, {"data": [each], "pagination": {}})
    for pagination in (None, "", "IA", [], 7, {"cursor": None}, {"cursor": 7}, {"cursor": ""}):
        yield Reply(status, {"data": [item], "pagination": pagination})
    yield Reply(status, {"data": [item]})
    yield from bare_replies(status)


def object_replies(item: dict[str, Any]) -> Iterator[Reply]:
    """Yield answers that are one damaged object, as those of the sign-in."""
    yield from (Reply(200, each) for each in damaged(item))
    yield from bare_replies(200)


def bare_replies(status: int) -> Iterator[Reply]:
    """Yield bodies that are nothing expected, and refusals without a readable reason."""
    yield from (Reply(status, body) for body in (*BODIES, NESTED))
    yield Reply(204, b"")
    yield Reply(302, b"", {"Location": "/"})
    yield from (Reply(400, body) for body in (*BODIES, b'{"message": 7}', b'{"message": null, "error": []}'))
