"""Answers as the three providers do: catalogues, limits, and the faults that were ordered."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from typing import Any

from fastapi import Response
from fastapi.responses import JSONResponse, StreamingResponse

from twitch_simulator.crowd.directory import Directory
from twitch_simulator.emotes import provider_shapes as shapes
from twitch_simulator.emotes.catalogues import GLOBAL, Catalogues, make_emote
from twitch_simulator.emotes.provider_faults import LARGE_BYTES, ProviderFault, ProviderFaults
from twitch_simulator.helix.rate_limit import Allowance, RateLimit

HTML = "<!doctype html><html><head><title>Just a moment...</title></head><body>Checking your browser</body></html>"
ABSENT: dict[str, dict[str, Any]] = {
    "7tv": {"status_code": 404, "status": "Not Found", "error": "user not found", "error_code": 12000},
    "bttv": {"message": "user not found"},
    "ffz": {"status": 404, "error": "Not Found", "message": "No such room"},
}
LIMITED: dict[str, dict[str, Any]] = {
    "7tv": {"status_code": 429, "status": "Too Many Requests", "error": "rate limit exceeded", "error_code": 7000},
    "bttv": {"message": "rate limit exceeded"},
    "ffz": {"status": 429, "error": "Too Many Requests", "message": "slow down"},
}


class EmoteProviders:
    """All three providers. `base`: the simulator's address, as in links to pictures."""

    def __init__(
        self,
        *,
        catalogues: Catalogues,
        directory: Directory,
        clock: Callable[[], int],
        base: Callable[[], str],
        requests_per_minute: int,
    ) -> None:
        self.catalogues, self.faults = catalogues, ProviderFaults()
        self.requests: dict[str, int] = {"7tv": 0, "bttv": 0, "ffz": 0}
        self.over_the_limit = 0
        self._directory, self._clock, self._base = directory, clock, base
        self._limit = RateLimit(requests_per_minute)
        self._owners: dict[str, str] = {}  # channels by the ids of their sets
        self._embedding: set[str] = set()  # channels whose user answer has the set in it, as before August 2026

    def embed(self, channel_id: str, on: bool) -> None:
        """Let 7TV's user answer hold the set itself."""
        (self._embedding.add if on else self._embedding.discard)(channel_id)

    async def answer(self, provider: str, scope: str, client: str, build: Callable[[], Any]) -> Response:
        """Return the answer about a scope: the limit's, a fault's, or what `build` makes (None: there is none)."""
        self.requests[provider] += 1
        budget = self._limit.spend(f"{provider}:{client}", self._clock())
        headers = self._headers(provider, budget)
        fault = self.faults.following(provider, scope)
        if not budget.allowed or (fault and fault.kind == "limit"):
            self.over_the_limit += 1
            return JSONResponse(LIMITED[provider], 429, headers | self._wait(provider, budget, fault))
        body = build()
        if fault:
            return await spoiled(provider, fault, body, headers)
        return JSONResponse(ABSENT[provider] if body is None else body, 404 if body is None else 200, headers)

    def _headers(self, provider: str, budget: Allowance) -> dict[str, str]:
        if provider != "7tv":
            return {}
        reset = max(0, budget.reset_at - self._clock() // 1000)
        values = {
            "limit": budget.limit,
            "remaining": budget.remaining,
            "reset": reset,
            "used": budget.limit - budget.remaining,
        }
        return {f"x-ratelimit-global-{name}": str(value) for name, value in values.items()}

    def _wait(self, provider: str, budget: Allowance, fault: ProviderFault | None) -> dict[str, str]:
        seconds = round(fault.seconds) if fault else max(1, budget.reset_at - self._clock() // 1000)
        if provider != "7tv":
            return {"Retry-After": str(seconds)}
        return {"x-ratelimit-global-remaining": "0", "x-ratelimit-global-reset": str(seconds)}

    def seventv_user(self, channel_id: str) -> Any:
        """Build a user's answer."""
        emotes = self.catalogues.of("7tv", channel_id)
        if emotes is None:
            return None
        embedded = self.seventv_set(shapes.set_id(channel_id)) if channel_id in self._embedding else None
        return shapes.seventv_user(channel_id, self._login(channel_id), embedded, shapes.set_id(channel_id))

    def seventv_set(self, set_id: str) -> Any:
        """Build a set by its id, or the global one."""
        host = f"//{self._base().partition('//')[2]}/emotes/7tv/emote"
        if set_id == "global":
            return shapes.seventv_set(
                "01HKQT8EWR000ESSWF3625XCS4", "Global", self.catalogues.of("7tv", GLOBAL) or [], host
            )
        channel_id = self.owner_of_set(set_id)
        emotes = self.catalogues.of("7tv", channel_id) if channel_id else None
        return None if emotes is None else shapes.seventv_set(set_id, "Emotes", emotes, host)

    def owner_of_set(self, set_id: str) -> str:
        """Return the channel whose set it is, "" for the global one and unknown ones."""
        if not self._owners:
            self._owners = {shapes.set_id(each.channel_id): each.channel_id for each in self._directory.channels}
        return self._owners.get(set_id, GLOBAL)

    def betterttv(self, scope: str) -> Any:
        """Build BetterTTV's answer."""
        emotes = self.catalogues.of("bttv", scope)
        if emotes is None:
            return None
        return shapes.bttv_channel(scope, emotes) if scope else shapes.bttv_global(emotes)

    def frankerfacez(self, scope: str) -> Any:
        """Build FrankerFaceZ's answer."""
        emotes, pictures = self.catalogues.of("ffz", scope), f"{self._base()}/emotes/ffz"
        if emotes is None:
            return None
        if not scope:
            return shapes.ffz_global(emotes, [make_emote("ffz", "ffzXSupporter")], pictures)
        return shapes.ffz_room(scope, self._login(scope), emotes, pictures)

    def _login(self, channel_id: str) -> str:
        channel = self._directory.by_id.get(channel_id)
        return channel.login if channel else channel_id


async def spoiled(provider: str, fault: ProviderFault, body: Any, headers: dict[str, str]) -> Response:
    """Return the answer of a fault; `body` is the good one, None if there is none."""
    good = JSONResponse(ABSENT[provider] if body is None else body, 404 if body is None else 200, headers)
    match fault.kind:
        case "away":
            return Response(HTML, 503, media_type="text/html")
        case "slow":
            await asyncio.sleep(fault.seconds)
            return good
        case "missing":
            return JSONResponse(ABSENT[provider], 404, headers)
        case "html":
            return Response(HTML, 200, media_type="text/html")
        case "large":
            return Response(b"[" + b" " * LARGE_BYTES + b"]", 200, media_type="application/json")
        case "half":
            whole = bytes(good.body)
            return StreamingResponse(halved(whole), 200, {"Content-Length": str(len(whole))}, "application/json")
        case "redirect":
            return Response("", 302, {"Location": "https://example.org/"})
    return JSONResponse(changed(fault.kind, body), 200, headers)


async def halved(whole: bytes) -> AsyncIterator[bytes]:
    """Yield the first half and break off."""
    yield whole[: len(whole) // 2]
    raise ConnectionResetError("the order says half an answer")


def changed(kind: str, body: Any) -> Any:
    """Return an answer whose shape is the public one, or nearly, and whose content is wrong."""
    if kind == "null" or not isinstance(body, dict | list):
        return None
    if kind == "odd":
        return {"emotes": "none", "channelEmotes": 5, "sets": []}
    if kind == "no_set":
        return {**body, "emote_set": None, "emote_set_id": None} if isinstance(body, dict) else body
    if kind == "null_set":  # and nothing that says which set it is
        return (
            {key: None if key == "emote_set" else value for key, value in body.items() if key != "emote_set_id"}
            if isinstance(body, dict)
            else body
        )
    emptied = json.loads(json.dumps(body))
    return _without_emotes(emptied)


def _without_emotes(body: Any) -> Any:
    """Return an answer that says, in its right shape, that there are no emotes."""
    if isinstance(body, list):
        return []
    for key in ("channelEmotes", "sharedEmotes"):
        if key in body:
            body[key] = []
    for each in body["sets"].values() if "sets" in body else ():
        each["emoticons"] = []
    body.pop("emotes", None)
    body.pop("emote_count", None)
    return body
