"""Serves our style, script and icon: cached for a year under an address that changes with the content."""

from os import PathLike, stat_result

from starlette.datastructures import QueryParams
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from api_frontend.rendering import STATIC, static_version

FOR_A_YEAR = "public, max-age=31536000, immutable"


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
