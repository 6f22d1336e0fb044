"""Refuses parameters that an address of the API does not know: a misspelt filter would be a wrong answer."""

from collections.abc import Iterable
from typing import Any

from fastapi import Request
from fastapi.dependencies.models import Dependant
from fastapi.exceptions import RequestValidationError


def query_names(dependant: Dependant) -> set[str]:
    """Return the names of all query parameters of a route, those of its dependencies too."""
    own = {parameter.alias for parameter in dependant.query_params}
    return own.union(*(query_names(each) for each in dependant.dependencies))


def complaints(given: Iterable[str], known: set[str]) -> list[dict[str, Any]]:
    """Return a validation error for each unknown name."""
    names = sorted(known)
    return [{"loc": ("query", name), "type": "unknown", "known": names} for name in sorted(set(given) - known)]


async def only_known(request: Request) -> None:
    """Raise RequestValidationError for unknown parameters."""
    if not request.query_params:
        return
    found = complaints(request.query_params.keys(), query_names(request.scope["route"].dependant))
    if found:
        raise RequestValidationError(found)
