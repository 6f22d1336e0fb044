"""Helix's endpoints for a channel's own people: clips from recordings, clips' files, and who the editors are.

After the public reference of Create Clip From VOD (open beta), Get Clips Download and Get Channel Editors. Where it
does not say which of two checks comes first, the token comes first and the place in the recording last.
"""

from datetime import UTC, datetime
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from twitch_simulator.clock import iso
from twitch_simulator.crowd.directory import Directory
from twitch_simulator.faults import Faults
from twitch_simulator.helix.archives import Archives
from twitch_simulator.helix.clips import Clips
from twitch_simulator.helix.helix_clips import MAX_TITLE, duration_of
from twitch_simulator.helix.helix_gate import Gate, HelixError
from twitch_simulator.helix.tokens import Token

EDITOR_SCOPES = ("editor:manage:clips", "channel:manage:clips")
READ_EDITORS = "channel:read:editors"
MAX_FILES = 10
DOWNLOADS_PER_MINUTE = 100


def wanted(request: Request, *names: str) -> list[str]:
    """Return parameters that must be there. Raises HelixError 400."""
    values = [request.query_params.get(name, "") for name in names]
    for name, value in zip(names, values, strict=True):
        if not value:
            raise HelixError(400, f'Missing required parameter "{name}"')
    return values


def whole(name: str, text: str) -> int:
    """Read a whole number. Raises HelixError 400."""
    if not text.isascii() or not text.isdecimal():
        raise HelixError(400, f'The parameter "{name}" was malformed: the value must be a non-negative integer')
    return int(text)


class HelixOwnClips:
    """The handlers. `editors`: the ids of each channel's editors."""

    def __init__(
        self, *, clips: Clips, archives: Archives, directory: Directory, faults: Faults, editors: dict[str, list[str]]
    ) -> None:
        self._clips, self._archives, self._directory, self._faults = clips, archives, directory, faults
        self._editors = editors
        self._downloads: dict[int, int] = {}  # by minute

    def _check_editor(self, token: Token, editor_id: str, broadcaster_id: str) -> None:
        """Raise HelixError unless the token's person may edit the channel."""
        if not token.user_id:
            raise HelixError(401, "User OAuth token is required")
        if not set(EDITOR_SCOPES) & set(token.scopes):
            raise HelixError(401, f"Missing scope: {' or '.join(EDITOR_SCOPES)}")
        if token.user_id != editor_id:
            raise HelixError(401, "The ID in editor_id must match the user ID found in the request's OAuth token.")
        if editor_id != broadcaster_id and editor_id not in self._editors.get(broadcaster_id, []):
            raise HelixError(403, "The user in editor_id is not one of the broadcaster's editors.")
        if editor_id != broadcaster_id and EDITOR_SCOPES[0] not in token.scopes:
            raise HelixError(401, f"Missing scope: {EDITOR_SCOPES[0]}")

    async def create(self, request: Request, token: Token) -> Response:
        """Create Clip From VOD: 202 with the id, before the clip appears. `vod_offset` is the clip's end."""
        editor_id, broadcaster_id = wanted(request, "editor_id", "broadcaster_id")
        self._check_editor(token, editor_id, broadcaster_id)
        vod_id, offset, title = wanted(request, "vod_id", "vod_offset", "title")
        ends_at, duration = whole("vod_offset", offset), duration_of(request)
        if len(title) > MAX_TITLE:
            raise HelixError(400, "The title is too long")
        refusal = self._faults.next_refusal(broadcaster_id)
        if refusal:
            raise HelixError(refusal.status, refusal.message)
        archive = self._archives.find(vod_id)
        if archive is None or archive.channel.channel_id != broadcaster_id:
            raise HelixError(404, "The VOD was not found.")
        if not duration <= ends_at <= archive.seconds:
            raise HelixError(400, "The vod_offset must lie in the VOD, and be at least the duration.")
        clip = self._clips.make_from_vod(archive, (token.user_id, token.login), title, ends_at, duration)
        edit_url = f"https://www.twitch.tv/{archive.channel.login}/clip/{clip.clip_id}"
        return JSONResponse({"data": [{"id": clip.clip_id, "edit_url": edit_url}]}, 202)

    async def downloads(self, request: Request, token: Token) -> dict[str, Any]:
        """Get Clips Download: where the files of at most ten clips are."""
        editor_id, broadcaster_id = wanted(request, "editor_id", "broadcaster_id")
        self._check_editor(token, editor_id, broadcaster_id)
        ids = request.query_params.getlist("clip_id")
        if not 1 <= len(ids) <= MAX_FILES:
            raise HelixError(400, f"Between 1 and {MAX_FILES} clip_id parameters must be given")
        minute = int(datetime.now(UTC).timestamp() // 60)
        self._downloads = {minute: self._downloads.get(minute, 0) + 1}
        if self._downloads[minute] > DOWNLOADS_PER_MINUTE:
            raise HelixError(429, "Too many requests, slow down")
        found = [clip for clip in self._clips.find(ids) if clip.broadcaster_id == broadcaster_id]
        base = self._clips.base()
        return {
            "data": [
                {
                    "clip_id": clip.clip_id,
                    "landscape_download_url": f"{base}/files/{clip.clip_id}.mp4?sig=simulated",
                    "portrait_download_url": None,
                }
                for clip in found
            ]
        }

    async def editors(self, request: Request, token: Token) -> dict[str, Any]:
        """Get Channel Editors, of the token's own channel alone."""
        (broadcaster_id,) = wanted(request, "broadcaster_id")
        if token.user_id != broadcaster_id:
            raise HelixError(401, "The ID in broadcaster_id must match the user ID found in the request's OAuth token.")
        if READ_EDITORS not in token.scopes:
            raise HelixError(401, f"Missing scope: {READ_EDITORS}")
        found = [self._directory.by_id[each] for each in self._editors.get(broadcaster_id, [])]
        return {
            "data": [
                {"user_id": each.channel_id, "user_name": each.display_name, "created_at": iso(each.created_at)}
                for each in found
            ]
        }


def own_clip_routes(handlers: HelixOwnClips, gate: Gate) -> APIRouter:
    """Build the routes under /helix/."""
    router = APIRouter(prefix="/helix")

    @router.post("/videos/clips")
    async def create(request: Request) -> Response:
        return await gate.pass_through(request, handlers.create)

    @router.get("/clips/downloads")
    async def downloads(request: Request) -> Response:
        return await gate.pass_through(request, handlers.downloads)

    @router.get("/channels/editors")
    async def editors(request: Request) -> Response:
        return await gate.pass_through(request, handlers.editors)

    return router
