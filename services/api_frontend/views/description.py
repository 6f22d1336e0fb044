"""The API's description: FastAPI's, with what a query can and cannot hold."""

from typing import Any

from fastapi import FastAPI

EMPTY = {"type": "string", "maxLength": 0}
NULL = {"type": "null"}


def with_empty(schema: dict[str, Any]) -> dict[str, Any]:
    """Say that a parameter that may be left out may be empty too, as forms send it; a query has no null."""
    options = schema.get("anyOf", [])
    if NULL not in options:
        return schema
    return schema | {"anyOf": [each for each in options if each not in (NULL, EMPTY)] + [EMPTY]}


def describe(app: FastAPI) -> dict[str, Any]:
    """Return the description, made once."""
    if app.openapi_schema is None:
        description = FastAPI.openapi(app)
        for methods in description["paths"].values():
            for operation in methods.values():
                for parameter in operation.get("parameters", []):
                    if parameter["in"] == "query":
                        parameter["schema"] = with_empty(parameter["schema"])
    return app.openapi_schema or {}
