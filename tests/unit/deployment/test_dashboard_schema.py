"""Grafana's dashboards are what Grafana's own schema says: no field unknown to it, none of another type."""

import copy
import json
import typing
from collections.abc import Callable, Iterator
from enum import StrEnum
from typing import Any

import pytest
from grafana_foundation_sdk.cog import plugins
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.cog.runtime import Runtime
from grafana_foundation_sdk.models.dashboard import Dashboard
from pydantic import ConfigDict, TypeAdapter, ValidationError

from .test_dashboards import DASHBOARDS

plugins.register_default_plugins()
MODELS = "grafana_foundation_sdk.models"
ANY_CLASS = ConfigDict(arbitrary_types_allowed=True, strict=True)
# Beside the schema: the data source of Prometheus takes these from an annotation itself.
OF_PROMETHEUS = {".annotations.list[0].titleFormat", ".annotations.list[0].step"}
Json = Any


def lost(ours: Json, theirs: Json, path: str = "") -> Iterator[str]:
    """What of ours the schema does not have."""
    if isinstance(ours, dict) and isinstance(theirs, dict):
        for name, value in ours.items():
            yield from lost(value, theirs[name], f"{path}.{name}") if name in theirs else [f"{path}.{name}"]
    elif isinstance(ours, list) and isinstance(theirs, list) and len(ours) == len(theirs):
        for number, (one, other) in enumerate(zip(ours, theirs, strict=True)):
            yield from lost(one, other, f"{path}[{number}]")
    elif ours != theirs:
        yield path


def mistyped(model: object, path: str = "") -> Iterator[str]:
    """Fields whose values are not of the schema's type."""
    if isinstance(model, list):
        for number, each in enumerate(model):
            yield from mistyped(each, f"{path}[{number}]")
    elif isinstance(model, dict):
        for name, value in model.items():
            yield from mistyped(value, f"{path}.{name}")
    elif type(model).__module__.startswith(MODELS):
        hints = typing.get_type_hints(type(model))
        for name, value in vars(model).items():
            if name in hints and not fits(value, hints[name]):
                yield f"{path}.{name}"
            yield from mistyped(value, f"{path}.{name}")


def fits(value: object, hint: Any) -> bool:
    hints = typing.get_args(hint) or (hint,)
    if any(value in list(each) for each in hints if isinstance(each, type) and issubclass(each, StrEnum)):
        return True
    try:
        TypeAdapter(hint, config=ANY_CLASS).validate_python(value)
    except ValidationError:
        return False
    return True


def faults(board: Json) -> list[str]:
    """What Grafana would not understand of a dashboard."""
    try:
        model = Dashboard.from_json(copy.deepcopy(board))
    except (ValueError, TypeError, KeyError, AttributeError) as error:  # an enumeration's wrong value, a wrong shape
        return [repr(error)]
    unknown = [panel["type"] for panel in board["panels"] if Runtime().panelcfg_config(panel["type"]) is None]
    missing = set(lost(board, json.loads(json.dumps(model, cls=JSONEncoder)))) - OF_PROMETHEUS
    return unknown + sorted(missing) + list(mistyped(model))


@pytest.mark.parametrize("uid", DASHBOARDS)
def test_a_dashboard_is_of_grafanas_schema(uid: str) -> None:
    assert faults(DASHBOARDS[uid]) == []


def panel(board: Json) -> Json:
    return next(each for each in board["panels"] if each["type"] == "stat")


FAULTY: dict[str, Callable[[Json], object]] = {
    "a field that nobody knows": lambda board: panel(board).update(gridPosition={}),
    "a field in a panel's options that nobody knows": lambda board: panel(board)["options"].update(legends={}),
    "a text for a number": lambda board: panel(board)["gridPos"].update(w="8"),
    "a panel that is none": lambda board: panel(board).update(type="statt"),
    "a misspelled value": lambda board: panel(board)["options"].update(colorMode="valeu"),
    "a query without its field": lambda board: panel(board)["targets"][0].update(expression="up"),
}


@pytest.mark.parametrize("fault", FAULTY)
def test_a_fault_in_a_dashboard_is_found(fault: str) -> None:
    board = copy.deepcopy(DASHBOARDS["stream-scout-overview"])
    FAULTY[fault](board)
    assert faults(board)
