"""Helix's endpoints for users, streams, games and videos, in Twitch's JSON."""

import base64
import re
from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, Request, Response

from twitch_simulator.clock import iso
from twitch_simulator.crowd.channels import Channel
from twitch_simulator.crowd.directory import Directory, Stream
from twitch_simulator.helix.archives import Archive, Archives
from twitch_simulator.helix.helix_gate import Gate, HelixError
from twitch_simulator.helix.tokens import USER_ID, USER_LOGIN, Token

MAX_IDS = 100
LOGIN = re.compile(r"[a-z0-9]\w{2,24}", re.ASCII)  # one that cannot be spoils the whole request
DEFAULT_PAGE = 20


def page_size(request: Request) -> int:
    """Return the `first` parameter. Raises HelixError 400 outside 1-100."""
    text = request.query_params.get("first", str(DEFAULT_PAGE))
    if not text.isdigit() or not 1 <= int(text) <= MAX_IDS:
        raise HelixError(400, 'The parameter "first" was malformed: the value must be between 1 and 100')
    return int(text)


def paged(items: list[Any], request: Request, ends_early: bool = True) -> tuple[list[Any], dict[str, str]]:
    """Return the page selected by `first` and `after`, and Helix's `pagination`.

    Where it does not end early the last page has a cursor too, as Twitch's Get Streams; an empty page follows.
    """
    size, cursor = page_size(request), request.query_params.get("after", "")
    try:
        start = int(base64.urlsafe_b64decode(cursor)) if cursor else 0
    except ValueError as error:
        raise HelixError(400, "The cursor is not valid") from error
    end = start + size
    following = (
        {"cursor": base64.urlsafe_b64encode(str(end).encode()).decode()}
        if end < len(items) or (items[start:end] and not ends_early)
        else {}
    )
    return items[start:end], following


def named(request: Request, *names: str) -> list[list[str]]:
    """Return the values of repeatable parameters. Raises HelixError 400 for more than 100."""
    values = [request.query_params.getlist(name) for name in names]
    if sum(len(each) for each in values) > MAX_IDS:
        raise HelixError(400, f"The number of {names[0]} parameters must not exceed {MAX_IDS}")
    return values


def user_shown(channel: Channel, base: str) -> dict[str, Any]:
    """Build a channel's entry in Get Users. `base`: base URL of pictures."""
    picture = f"{base}/pictures/{channel.channel_id}.svg"
    return {
        "id": channel.channel_id,
        "login": channel.login,
        "display_name": channel.display_name,
        "type": "",
        "broadcaster_type": "partner" if channel.viewers > 500 else "affiliate",
        "description": "",
        "profile_image_url": picture,
        "offline_image_url": "",
        "view_count": 0,
        "created_at": iso(channel.created_at),
    }


def self_shown() -> dict[str, Any]:
    """Build the signed-in user's entry in Get Users."""
    empty = dict.fromkeys(("type", "broadcaster_type", "description", "profile_image_url", "offline_image_url"), "")
    user: dict[str, Any] = {"id": USER_ID, "login": USER_LOGIN, "display_name": USER_LOGIN}
    return user | empty | {"view_count": 0, "created_at": "2020-01-01T00:00:00Z"}


def stream_shown(stream: Stream, games: dict[str, str], base: str) -> dict[str, Any]:
    """Build a live channel's entry in Get Streams. `base`: base URL of pictures."""
    channel = stream.channel
    picture = f"{base}/previews/{channel.login}-{{width}}x{{height}}.svg"
    return {
        "id": stream.broadcast.stream_id,
        "user_id": channel.channel_id,
        "user_login": channel.login,
        "user_name": channel.display_name,
        "game_id": stream.game_id,
        "game_name": games.get(stream.game_id, ""),
        "type": "live",
        "title": stream.title,
        "viewer_count": stream.viewers,
        "started_at": iso(stream.broadcast.started_at),
        "language": channel.language,
        "thumbnail_url": picture,
        "tag_ids": [],
        "tags": [channel.language] if int(channel.channel_id) % 2 else None,
        "is_mature": False,
    }


def game_shown(game_id: str, name: str) -> dict[str, str]:
    """Build a game's entry in Get Games."""
    art = f"https://static-cdn.jtvnw.net/ttv-boxart/{game_id}-{{width}}x{{height}}.jpg"
    return {"id": game_id, "name": name, "box_art_url": art, "igdb_id": ""}


def duration_shown(seconds: int) -> str:
    """Format a video's length as Helix does: `3h8m33s`."""
    hours, rest = divmod(max(0, seconds), 3600)
    return (f"{hours}h" if hours else "") + (f"{rest // 60}m" if seconds >= 60 else "") + f"{rest % 60}s"


def video_shown(archive: Archive) -> dict[str, Any]:
    """Build a recording's entry in Get Videos; that of a live stream grows."""
    channel, broadcast = archive.channel, archive.broadcast
    return {
        "id": broadcast.video_id,
        "stream_id": broadcast.stream_id,
        "user_id": channel.channel_id,
        "user_login": channel.login,
        "user_name": channel.display_name,
        "title": channel.title,
        "description": "",
        "created_at": iso(broadcast.started_at),
        "published_at": iso(broadcast.started_at),
        "url": f"https://www.twitch.tv/videos/{broadcast.video_id}",
        "thumbnail_url": "",
        "viewable": "public",
        "view_count": channel.viewers,
        "language": channel.language,
        "type": "archive",
        "duration": duration_shown(archive.seconds),
        "muted_segments": None,
    }


class Helix:
    """The handlers: each returns the body for a request and its token. `base()`: base URL of pictures."""

    def __init__(self, directory: Directory, archives: Archives, base: Callable[[], str]) -> None:
        self._directory, self._archives, self._base = directory, archives, base

    async def users(self, request: Request, token: Token) -> dict[str, Any]:
        """Get Users by id and login; without either, the token's own user."""
        ids, logins = named(request, "id", "login")
        if not ids and not logins:
            if not token.user_id:
                raise HelixError(400, "Must provide an ID, Login or OAuth Token")
            return {"data": [self_shown()]}
        if any(LOGIN.fullmatch(each.lower()) is None for each in logins) or not all(map(str.isdecimal, ids)):
            raise HelixError(400, "Invalid username(s), email(s), or ID(s). Bad Identifiers.")
        known = self._directory
        found = [known.by_id.get(each) for each in ids] + [known.by_login.get(each.lower()) for each in logins]
        me = [self_shown()] if USER_ID in ids or USER_LOGIN in logins else []
        return {"data": me + [user_shown(channel, self._base()) for channel in dict.fromkeys(found) if channel]}

    async def streams(self, request: Request, _token: Token) -> dict[str, Any]:
        """Get Streams, most viewers first, filtered by user, game and language."""
        ids, logins, games, languages = named(request, "user_id", "user_login", "game_id", "language")
        known = self._directory
        named_ones = [known.by_id.get(each) for each in ids] + [known.by_login.get(each.lower()) for each in logins]
        streams = [
            stream
            for stream in known.streams(filter(None, named_ones) if ids or logins else None)
            if (not games or stream.game_id in games) and (not languages or stream.channel.language in languages)
        ]
        page, pagination = paged(streams, request, ends_early=False)
        return {
            "data": [stream_shown(each, self._directory.games, self._base()) for each in page],
            "pagination": pagination,
        }

    async def games(self, request: Request, _token: Token) -> dict[str, Any]:
        """Get Games by id and name."""
        ids, names = named(request, "id", "name")
        if not ids and not names:
            raise HelixError(400, 'The request must specify the "id", "name", or "igdb_id" query parameter')
        games = self._directory.games
        return {"data": [game_shown(*each) for each in games.items() if each[0] in ids or each[1] in names]}

    async def top_games(self, request: Request, _token: Token) -> dict[str, Any]:
        """Get Top Games by viewers."""
        viewers: dict[str, int] = {}
        for stream in self._directory.streams():
            viewers[stream.game_id] = viewers.get(stream.game_id, 0) + stream.viewers
        ranked = sorted(viewers, key=lambda game_id: -viewers[game_id])
        page, pagination = paged(ranked, request)
        return {"data": [game_shown(each, self._directory.games[each]) for each in page], "pagination": pagination}

    async def videos(self, request: Request, _token: Token) -> dict[str, Any]:
        """Get Videos by id or user: the archives of streams, the newest first."""
        ids, users = named(request, "id", "user_id")
        if not ids and not users:
            raise HelixError(400, 'The request must specify either the "id", "user_id", or "game_id" parameter')
        if request.query_params.get("type", "all") not in ("all", "archive"):
            return {"data": [], "pagination": {}}
        found = [
            video_shown(each)
            for each in self._archives.all()
            if each.channel.channel_id in users or each.broadcast.video_id in ids
        ]
        page, pagination = paged(found, request)
        return {"data": page, "pagination": pagination}


def helix_routes(helix: Helix, gate: Gate) -> APIRouter:
    """Build the routes of these endpoints under /helix/."""
    router = APIRouter(prefix="/helix")
    handlers = {"/users": helix.users, "/streams": helix.streams, "/games": helix.games}
    handlers |= {"/games/top": helix.top_games, "/videos": helix.videos}

    def add(path: str) -> None:
        @router.get(path)
        async def endpoint(request: Request) -> Response:
            return await gate.pass_through(request, handlers[path])

    for path in handlers:
        add(path)
    return router
