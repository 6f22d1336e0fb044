"""Answers that a reader already has: told by an ETag, with how long they may be kept."""

import hashlib

from fastapi import Request, Response
from fastapi.responses import JSONResponse

TAG_LENGTH = 20  # characters of a SHA-256
# An edge cache keeps nothing longer: what is hidden is gone from there within half a minute.
EDGE_SECONDS = 30
SHORTLY = f"public, max-age={EDGE_SECONDS}"


def kept_by_readers(seconds: int) -> str:
    """Let a reader keep an answer for longer than an edge cache may."""
    return f"public, max-age={seconds}, s-maxage={EDGE_SECONDS}"


def tag_of(*parts: str | bytes) -> str:
    """Return a weak ETag of these texts: a proxy may compress the answer on its way."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part.encode() if isinstance(part, str) else part)
        digest.update(b"\0")
    return f'W/"{digest.hexdigest()[:TAG_LENGTH]}"'


def has_it(request: Request, tag: str) -> bool:
    """Return whether the reader has this version (RFC 9110, 13.1.2: compared weakly)."""
    told = request.headers.get("if-none-match", "")
    known = {each.strip().removeprefix("W/") for each in told.split(",")}
    return "*" in known or tag.removeprefix("W/") in known


def not_modified(tag: str, cache_control: str) -> Response:
    """Answer that the reader has it."""
    return Response(status_code=304, headers={"ETag": tag, "Cache-Control": cache_control})


def answer(request: Request, body: str | bytes, media_type: str, cache_control: str) -> Response:
    """Answer with the body, or with 304 if the reader has it."""
    tag = tag_of(body)
    if has_it(request, tag):
        return not_modified(tag, cache_control)
    return Response(body, media_type=media_type, headers={"ETag": tag, "Cache-Control": cache_control})


def piece(html: str, told: str, cache_control: str) -> Response:
    """Answer an open page with a piece of it, as JSON; with 304 if `If-None-Match` told of the same."""
    headers = {"ETag": f'"{hashlib.sha256(html.encode()).hexdigest()[:TAG_LENGTH]}"', "Cache-Control": cache_control}
    if told.removeprefix("W/") == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    return JSONResponse({"html": html}, headers=headers)
