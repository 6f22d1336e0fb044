"""The API's moment follows the contract, and passes on what only a newer contract knows."""

import json

import pytest

from api_frontend.views.api_models import CONTRACT_FIELDS, RESHAPED, MomentDetail, detail_model, newer_fields
from contracts.moments import Moment

from .examples import MOMENT


def test_every_field_of_the_contract_is_answered() -> None:
    assert set(CONTRACT_FIELDS) | RESHAPED == set(Moment.__struct_fields__)
    assert set(CONTRACT_FIELDS) <= set(MomentDetail.model_fields)


def test_times_are_answered_as_iso_8601() -> None:
    answer = json.loads(detail_model(MOMENT).model_dump_json())
    assert answer["peak_at"] == "2026-11-22T17:03:05Z"
    assert answer["clip_from_at"] is None


@pytest.mark.parametrize("value", [1, 2.5, "code", True, None])
def test_unknown_scalars_are_passed_on(value: object) -> None:
    assert newer_fields(json.dumps({"moment_id": "a", "hype": value})) == {"hype": value}


@pytest.mark.parametrize("name", ["evidence", "moment_id", "schema_version", "why", "clip", "curve"])
def test_known_names_are_not_passed_on_twice(name: str) -> None:
    assert newer_fields(json.dumps({name: "x"})) == {}


@pytest.mark.parametrize("value", [["a list"], {"an": "object"}])
def test_unknown_structures_are_not_passed_on(value: object) -> None:
    assert newer_fields(json.dumps({"samples": value})) == {}
