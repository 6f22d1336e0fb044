"""Serves a drawn thumbnail and a small player page for a clip's links, for the demo."""

from html import escape
from random import Random
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from twitch_simulator.crowd.categories import kind_of
from twitch_simulator.crowd.directory import Directory
from twitch_simulator.helix.clips import Clips
from twitch_simulator.helix.scenes import draw_portrait, draw_scene

PLAYER = """<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title>
<meta property="og:site_name" content="Twitch (simulated)"><meta property="og:title" content="{name} - {title}">
<meta property="og:image" content="/thumbnails/{clip_id}.svg">
<style>html,body{{margin:0;height:100%;background:#000;color:#eee;font:16px sans-serif;overflow:hidden}}
img{{width:100%;height:100%;object-fit:cover;animation:a 8s ease-in-out infinite alternate}}
p{{position:absolute;left:16px;bottom:12px;margin:0;text-shadow:0 1px 3px #000}}
@keyframes a{{to{{transform:scale(1.15)}}}}@media(prefers-reduced-motion:reduce){{img{{animation:none}}}}</style>
<img src="/thumbnails/{clip_id}.svg" alt=""><p>{title}<br>{name}, simulated clip</p></html>"""


def hue_of(channel_id: str) -> int:
    """Return a channel's colour."""
    return Random(f"hue:{channel_id}").randrange(360)


def thumbnail(clip: dict[str, Any] | None, clip_id: str) -> str:
    """Draw a thumbnail in the channel's colour and of its game. `clip`: as in Get Clips, None for an unknown one."""
    channel_id, game_id = (clip["broadcaster_id"], clip["game_id"]) if clip else ("", "")
    return draw_scene(clip_id, hue_of(channel_id), kind_of(game_id))


def frame_policy(parents: list[str]) -> str:
    """Build the policy that only the pages named by `parent` may frame the player, as on Twitch."""
    known = [each for each in parents if each and all(char.isalnum() or char in ".-" for char in each)]
    allowed = " ".join(f"http://{each}:* https://{each}:*" for each in known)
    return f"frame-ancestors {allowed or chr(39) + 'none' + chr(39)}"


def picture_routes(clips: Clips) -> APIRouter:
    """Build the routes /thumbnails/ID.svg, /embed?clip=ID&parent=DOMAIN and /clip/ID."""
    router = APIRouter()

    def page(clip_id: str, headers: dict[str, str]) -> HTMLResponse:
        found = clips.find([clip_id])
        if not found:
            return HTMLResponse("<!doctype html><p>This clip is no longer available.", 404, headers)
        shown = clips.shown(found[0])
        title, name = escape(shown["title"]), escape(shown["broadcaster_name"])
        return HTMLResponse(PLAYER.format(title=title, name=name, clip_id=escape(clip_id)), 200, headers)

    @router.get("/thumbnails/{clip_id}.svg")
    async def picture(clip_id: str) -> Response:
        found = clips.find([clip_id])
        shown = clips.shown(found[0]) if found else None
        headers = {"Cache-Control": "max-age=3600" if shown else "no-store", "X-Content-Type-Options": "nosniff"}
        return Response(thumbnail(shown, clip_id), 200, headers, "image/svg+xml")

    @router.get("/embed")
    async def embed(request: Request, clip: str = "") -> HTMLResponse:
        policy = frame_policy(request.query_params.getlist("parent"))
        return page(clip, {"Content-Security-Policy": policy})

    @router.get("/clip/{clip_id}")
    async def watch(clip_id: str) -> HTMLResponse:
        return page(clip_id, {})

    return router


def channel_picture_routes(directory: Directory) -> APIRouter:
    """Build the routes of channels' pictures and of previews of their streams, whose query changes the picture."""
    router = APIRouter()

    def drawn(picture: str | None) -> Response:
        headers = {"Cache-Control": "max-age=3600" if picture else "no-store", "X-Content-Type-Options": "nosniff"}
        return Response(picture or "", 200 if picture else 404, headers, "image/svg+xml")

    @router.get("/pictures/{channel_id}.svg")
    async def portrait(channel_id: str) -> Response:
        return drawn(draw_portrait(hue_of(channel_id)) if channel_id in directory.by_id else None)

    @router.get("/previews/{login}-{size}.svg")
    async def preview(login: str, size: str, t: str = "") -> Response:
        channel = directory.by_login.get(login)
        streams = {stream.channel.login: stream.game_id for stream in directory.streams()}
        if channel is None or login not in streams:
            return drawn(None)
        return drawn(draw_scene(f"{login}:{t[:20]}", hue_of(channel.channel_id), kind_of(streams[login])))

    return router
