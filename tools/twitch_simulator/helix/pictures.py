"""Serves a drawn thumbnail and a small player page for a clip's links, for the demo."""

import hashlib
from html import escape

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from twitch_simulator.helix.clips import Clips

THUMBNAIL = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 480 272" width="480" height="272">
<defs><linearGradient id="g" x1="0" y1="0" x2="1" y2="1"><stop offset="0" stop-color="hsl({hue},55%,38%)"/>
<stop offset="1" stop-color="hsl({other},60%,18%)"/></linearGradient></defs>
<rect width="480" height="272" fill="url(#g)"/><circle cx="{x}" cy="{y}" r="70" fill="#fff" opacity=".08"/>
<path d="M0 {a} L120 {b} L240 {c} L360 {d} L480 {a} V272 H0 Z" fill="#000" opacity=".25"/>
<path d="M222 112 v48 l42 -24 z" fill="#fff" opacity=".85"/>
<text x="20" y="36" font-family="sans-serif" font-size="20" fill="#fff" opacity=".9">{name}</text></svg>"""
PLAYER = """<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title>
<style>html,body{{margin:0;height:100%;background:#000;color:#eee;font:16px sans-serif;overflow:hidden}}
img{{width:100%;height:100%;object-fit:cover;animation:a 8s ease-in-out infinite alternate}}
p{{position:absolute;left:16px;bottom:12px;margin:0;text-shadow:0 1px 3px #000}}
@keyframes a{{to{{transform:scale(1.15)}}}}@media(prefers-reduced-motion:reduce){{img{{animation:none}}}}</style>
<img src="/thumbnails/{clip_id}.svg" alt=""><p>{title}<br>{name}, simulated clip</p></html>"""


def thumbnail(clip_id: str, name: str) -> str:
    """Draw an SVG thumbnail; equal ids give equal pictures."""
    seed = hashlib.sha256(clip_id.encode()).digest()
    heights = {key: 140 + seed[index] // 3 for index, key in enumerate("abcd", start=4)}
    hue = seed[0] * 360 // 256
    position = {"x": 60 + seed[2], "y": 60 + seed[3] // 2}
    return THUMBNAIL.format(hue=hue, other=(hue + 60) % 360, name=escape(name), **position, **heights)


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
        name = clips.shown(found[0])["broadcaster_name"] if found else ""
        headers = {"Cache-Control": "max-age=3600"}
        return Response(thumbnail(clip_id, name), 200, headers, "image/svg+xml")

    @router.get("/embed")
    async def embed(request: Request, clip: str = "") -> HTMLResponse:
        policy = frame_policy(request.query_params.getlist("parent"))
        return page(clip, {"Content-Security-Policy": policy})

    @router.get("/clip/{clip_id}")
    async def watch(clip_id: str) -> HTMLResponse:
        return page(clip_id, {})

    return router
