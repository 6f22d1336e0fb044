"""The control API's routes for viewers' clips: one on order, what is deleted, and pages that go wrong."""

from typing import Any

from fastapi import APIRouter, HTTPException
from pydantic import Field

from twitch_simulator.control.orders import Order
from twitch_simulator.control.routes import channel_of, chatter_of
from twitch_simulator.faults import PageFault
from twitch_simulator.twitch import Twitch

MS = 1000


class ViewerClipOrder(Order):
    """Let a viewer clip a live channel now, or have done so.

    `seconds`: of the clip, which shows what was on `ended_ago` seconds ago; it was made `made_ago` seconds ago.
    `count`: so many viewers, `viewer`0 and following, where it is more than one.
    """

    login: str
    viewer: str = "viewer"
    seconds: float = Field(30.0, gt=0, le=60)
    ended_ago: float = Field(5.0, ge=0)
    made_ago: float = Field(0.0, ge=0)
    title: str = "A clip"
    count: int = Field(1, ge=1, le=5_000)


class ClipOrder(Order):
    """Delete a clip."""

    clip_id: str


class RecordingOrder(Order):
    """Delete a recording."""

    video_id: str


class PageFaultOrder(Order):
    """Let the next answers of Get Clips of a broadcaster go wrong.

    `repeat`: each page is the first one again, with the same cursor. `endless`: the last page has a new cursor each
    time. `empty`: there are no clips, by id neither.
    """

    kind: PageFault
    count: int = Field(1, ge=0)


def clip(twitch: Twitch, order: ViewerClipOrder) -> list[dict[str, Any]]:
    """Let the viewers clip; return what the truth says of each clip. Raises HTTPException if the channel is offline."""
    stream = twitch.directory.stream(channel_of(twitch, order.login))
    if stream is None:
        raise HTTPException(409, f"{order.login} is offline")
    now = twitch.clock.now()
    until_at = now - round(order.ended_ago * MS)
    names = [order.viewer] if order.count == 1 else [f"{order.viewer}{number}" for number in range(order.count)]
    return [
        twitch.viewer_clips.make(
            stream,
            chatter_of(name),
            shown=(until_at - round(order.seconds * MS), until_at),
            title=order.title,
            made_at=now - round(order.made_ago * MS),
        )
        for name in names
    ]


def viewer_clip_routes(twitch: Twitch) -> APIRouter:
    """Build the routes."""
    router = APIRouter(prefix="/control")

    @router.post("/viewer_clip")
    async def viewer_clip(order: ViewerClipOrder) -> dict[str, Any]:
        return {"clips": clip(twitch, order)}

    @router.post("/delete_clip")
    async def delete_clip(order: ClipOrder) -> dict[str, Any]:
        return {"deleted": twitch.viewer_clips.delete(order.clip_id)}

    @router.post("/delete_recording")
    async def delete_recording(order: RecordingOrder) -> dict[str, Any]:
        return {"deleted": twitch.viewer_clips.delete_recording(order.video_id)}

    @router.post("/clip_pages")
    async def clip_pages(order: PageFaultOrder) -> dict[str, Any]:
        twitch.faults.set_pages(order.kind, order.count)
        return order.model_dump()

    return router
