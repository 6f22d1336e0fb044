"""The control API's routes for what belongs to a channel: its editors and its recordings, and who disconnected us."""

from typing import Any

from fastapi import APIRouter
from pydantic import Field

from twitch_simulator.control.orders import Order
from twitch_simulator.control.routes import channel_of
from twitch_simulator.twitch import Twitch


class EditorsOrder(Order):
    """Make these channels' owners the editors of a channel, and nobody else."""

    login: str
    editors: list[str]


class ArchiveOrder(Order):
    """Let a channel have had a broadcast of so many seconds, which ended just now."""

    login: str
    seconds: int = Field(3600, ge=1)


class VideoOrder(Order):
    """Name a recording."""

    video_id: str


class PersonOrder(Order):
    """Name a channel's owner."""

    login: str


def channel_routes(twitch: Twitch) -> APIRouter:
    """Build the routes."""
    router = APIRouter(prefix="/control")

    @router.post("/editors")
    async def editors(order: EditorsOrder) -> dict[str, Any]:
        channel_id = channel_of(twitch, order.login).channel_id
        twitch.editors[channel_id] = [channel_of(twitch, each).channel_id for each in order.editors]
        return {"channel_id": channel_id, "editors": twitch.editors[channel_id]}

    @router.post("/archive")
    async def archive(order: ArchiveOrder) -> dict[str, Any]:
        made = twitch.archives.add(channel_of(twitch, order.login), order.seconds)
        ids = {"video_id": made.broadcast.video_id, "stream_id": made.broadcast.stream_id}
        return ids | {"started_at": made.broadcast.started_at, "until_at": made.until_at}

    @router.post("/delete_video")
    async def delete_video(order: VideoOrder) -> dict[str, Any]:
        return {"deleted": twitch.archives.delete(order.video_id)}

    @router.post("/disconnect")
    async def disconnect(order: PersonOrder) -> dict[str, Any]:
        return {"revoked": twitch.tokens.disconnect(channel_of(twitch, order.login).channel_id)}

    @router.post("/tokens_of")
    async def tokens_of(order: PersonOrder) -> dict[str, Any]:
        return {"tokens": twitch.tokens.count(channel_of(twitch, order.login).channel_id)}

    return router
