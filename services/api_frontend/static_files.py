"""Serves our style, script and icon: cached for a year under an address that changes with the content."""

import hashlib
from functools import cache
from os import PathLike, stat_result
from pathlib import Path

from starlette.datastructures import QueryParams
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

STATIC = Path(__file__).parent / "static"
HASH_LENGTH = 12  # characters of the file's SHA-256 in its address
FOR_A_YEAR = "public, max-age=31536000, immutable"


@cache
def static_version(name: str) -> str:
    """Hash a static file's content, so that browsers may keep it for a year."""
    return hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:HASH_LENGTH]


def static_address(name: str) -> str:
    """Return the address of a static file, content hash included."""
    return f"/static/{name}?v={static_version(name)}"


class VersionedFiles(StaticFiles):
    """Static files; only the current version's address may be cached without asking again."""

    def __init__(self) -> None:
        super().__init__(directory=STATIC)

    def file_response(
        self, full_path: str | PathLike[str], stat_result: stat_result, scope: Scope, status_code: int = 200
    ) -> Response:
        response = super().file_response(full_path, stat_result, scope, status_code)
        version = QueryParams(scope["query_string"]).get("v")
        is_current = version is not None and version == static_version(scope["path"].rpartition("/")[2])
        response.headers["Cache-Control"] = FOR_A_YEAR if is_current else "no-cache"
        return response
