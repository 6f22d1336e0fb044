"""Helix's clip endpoints: Create Clip and Get Clips."""

import base64
from datetime import datetime
from typing import Any
from uuid import uuid4

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from twitch_simulator.crowd.directory import Directory
from twitch_simulator.faults import Faults
from twitch_simulator.helix.clips import DEFAULT_DURATION, Clip, Clips
from twitch_simulator.helix.helix import named, page_size, paged
from twitch_simulator.helix.helix_gate import Gate, HelixError
from twitch_simulator.helix.tokens import Token

SCOPE = "clips:edit"
DURATION_SECONDS = (5.0, 60.0)
MAX_TITLE = 140  # characters
MOST_CLIPS = 1_000  # of one time range, however many there are
SAME_CURSOR = base64.urlsafe_b64encode(b"0").decode()


def duration_of(request: Request) -> float:
    """Return the `duration` parameter in seconds, to a tenth. Raises HelixError 400 outside 5-60."""
    text = request.query_params.get("duration", str(DEFAULT_DURATION))
    try:
        duration = float(text)
    except ValueError as error:
        raise HelixError(400, 'The parameter "duration" was malformed') from error
    if not DURATION_SECONDS[0] <= duration <= DURATION_SECONDS[1]:
        raise HelixError(400, "The duration must be between 5 and 60 seconds")
    return round(duration, 1)


def time_of(request: Request, name: str, otherwise: float) -> float:
    """Return an RFC 3339 parameter in ms since 1970. Raises HelixError 400."""
    text = request.query_params.get(name)
    if not text:
        return otherwise
    try:
        return datetime.fromisoformat(text).timestamp() * 1000
    except ValueError as error:
        raise HelixError(400, f'The parameter "{name}" was malformed: the value must be an RFC3339 date') from error


class HelixClips:
    """The handlers of /helix/clips."""

    def __init__(self, clips: Clips, directory: Directory, faults: Faults) -> None:
        self._clips, self._directory, self._faults = clips, directory, faults

    async def create(self, request: Request, token: Token) -> Response:
        """Create Clip: 202 with the id, before the clip appears."""
        if not token.user_id:
            raise HelixError(401, "User OAuth token is required")
        if SCOPE not in token.scopes:
            raise HelixError(401, f"Missing scope: {SCOPE}")
        broadcaster_id = request.query_params.get("broadcaster_id", "")
        if not broadcaster_id:
            raise HelixError(400, 'The "broadcaster_id" query parameter is required')
        title, duration = request.query_params.get("title", ""), duration_of(request)
        if len(title) > MAX_TITLE:
            raise HelixError(400, "The title is too long")
        refusal = self._faults.next_refusal(broadcaster_id)
        if refusal:
            raise HelixError(refusal.status, refusal.message)
        channel = self._directory.by_id.get(broadcaster_id)
        stream = self._directory.stream(channel) if channel else None
        if stream is None:
            raise HelixError(404, "Clipping is not possible for an offline channel.")
        clip = self._clips.make(stream, (token.user_id, token.login), title, duration)
        edit_url = f"https://clips.twitch.tv/{clip.clip_id}/edit"
        return JSONResponse({"data": [{"id": clip.clip_id, "edit_url": edit_url}]}, 202)

    async def get(self, request: Request, _token: Token) -> dict[str, Any]:
        """Get Clips by id, or of a broadcaster in a time range."""
        (ids,) = named(request, "id")
        broadcaster_id = request.query_params.get("broadcaster_id", "")
        if bool(ids) == bool(broadcaster_id):
            raise HelixError(400, "Exactly one of the id, game_id and broadcaster_id parameters must be given")
        if ids:
            return {"data": [self._clips.shown(clip) for clip in self._clips.find(ids)], "pagination": {}}
        from_at = time_of(request, "started_at", 0.0)
        week_later = from_at + 7 * 86_400_000 if from_at else float("inf")  # Twitch's default end
        until_at = time_of(request, "ended_at", week_later)
        return self._page(self._clips.of_channel(broadcaster_id, from_at, until_at), request)

    def _page(self, clips: list[Clip], request: Request) -> dict[str, Any]:
        """Return a page of a broadcaster's clips. After about 1,000 the cursor leads on to the same clips."""
        fault = self._faults.next_page_fault()
        if fault == "empty":
            return {"data": [], "pagination": {}}
        if fault == "repeat":
            shown = [self._clips.shown(clip) for clip in clips[: page_size(request)]]
            return {"data": shown, "pagination": {"cursor": SAME_CURSOR}}
        page, pagination = paged(clips[:MOST_CLIPS], request)
        is_endless = fault == "endless" or len(clips) > MOST_CLIPS
        if is_endless and not pagination:
            page = page or clips[: page_size(request)]
            behind = str(MOST_CLIPS + uuid4().int % MOST_CLIPS)
            pagination = {"cursor": base64.urlsafe_b64encode(behind.encode()).decode()}
        return {"data": [self._clips.shown(clip) for clip in page], "pagination": pagination}


def clip_routes(handlers: HelixClips, gate: Gate) -> APIRouter:
    """Build the routes of /helix/clips."""
    router = APIRouter(prefix="/helix")

    @router.post("/clips")
    async def create(request: Request) -> Response:
        return await gate.pass_through(request, handlers.create)

    @router.get("/clips")
    async def get(request: Request) -> Response:
        return await gate.pass_through(request, handlers.get)

    return router
