"""The API's documentation as a plain page, rendered from its OpenAPI description."""

import re
from typing import Any

from fastapi import APIRouter, Request, Response
from markupsafe import Markup, escape

from api_frontend.rendering import READER_PAGE
from api_frontend.views.description import EMPTY
from api_frontend.views.site import CurrentSite

router = APIRouter(include_in_schema=False)


def type_words(schema: dict[str, Any]) -> str:
    """Describe a JSON schema's type in a few words; that a parameter may be empty goes without saying."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "anyOf" in schema:
        return " or ".join(dict.fromkeys(type_words(one) for one in schema["anyOf"] if one != EMPTY))
    if schema.get("type") == "array":
        return f"list of {type_words(schema.get('items', {}))}"
    if "enum" in schema:
        return " | ".join(str(value) for value in schema["enum"])
    return str(schema.get("format") or schema.get("type") or "any")


def with_code(text: str) -> Markup:
    """Escape a description and mark up what it has in backticks."""
    marked_up = re.sub(r"`([^`]*)`", r"<code>\1</code>", str(escape(text)))
    return Markup(marked_up)  # noqa: S704  # nosec B704  # escaped before


@router.api_route("/docs", methods=["GET", "HEAD"])
async def docs(request: Request, site: CurrentSite) -> Response:
    """Show endpoints, parameters and responses."""
    values = {"api": request.app.openapi(), "type_words": type_words, "with_code": with_code}
    return site.renderer.page("api_docs.html", values, headers=READER_PAGE)
