"""Our own style, script and icon: kept for a year under an address that changes with their content."""

from os import PathLike, stat_result

from starlette.datastructures import QueryParams
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from api_frontend.rendering import STATIC, static_version

FOR_A_YEAR = "public, max-age=31536000, immutable"


class VersionedFiles(StaticFiles):
    """Static files; only the current version's address may be kept without asking again."""

    def __init__(self) -> None:
        super().__init__(directory=STATIC)

    def file_response(
        self, full_path: str | PathLike[str], stat_result: stat_result, scope: Scope, status_code: int = 200
    ) -> Response:
        response = super().file_response(full_path, stat_result, scope, status_code)
        asked = QueryParams(scope["query_string"]).get("v")
        current = asked is not None and asked == static_version(scope["path"].rpartition("/")[2])
        response.headers["Cache-Control"] = FOR_A_YEAR if current else "no-cache"
        return response
