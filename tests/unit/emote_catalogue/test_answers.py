"""Statuses and limits that all providers share."""

import pytest

from emote_catalogue.emote import CatalogueEmote, unique
from emote_catalogue.errors import RateLimited, Refused, ServerTrouble, WrongShape
from emote_catalogue.fetching import Answer
from emote_catalogue.providers.answers import decode, spent_seconds, wait_seconds, whole

NOW = 1_790_000_000.0


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"retry-after": "12"}, 12),
        ({"retry-after": "Mon, 21 Sep 2026 14:13:50 GMT"}, 30),
        ({"x-ratelimit-global-reset": "41"}, 41),
        ({"x-ratelimit-reset": str(int(NOW) + 9)}, 9),
        ({"x-ratelimit-reset": str(int(NOW + 9) * 1000)}, 9),
        ({"retry-after": "3", "x-ratelimit-global-reset": "41"}, 3),
        ({"retry-after": "99999999"}, 900),
        ({"retry-after": "Mon, 21 Sep 2020 14:13:50 GMT"}, 0),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "-5"}, None),
        ({"retry-after": "9" * 400}, None),
        ({}, None),
    ],
)
def test_how_long_a_provider_asks_to_wait(headers: dict[str, str], expected: float | None) -> None:
    assert wait_seconds(headers, lambda: NOW) == expected


def test_a_limit_of_which_nothing_remains_is_waited_for() -> None:
    reset = {"x-ratelimit-global-reset": "41"}
    assert spent_seconds({"x-ratelimit-global-remaining": "0"} | reset, lambda: NOW) == 41
    assert spent_seconds({"x-ratelimit-global-remaining": "1"} | reset, lambda: NOW) == 0
    assert spent_seconds({"x-ratelimit-global-remaining": "0"}, lambda: NOW) == 0


@pytest.mark.parametrize(
    ("status", "kind"),
    [(429, RateLimited), (500, ServerTrouble), (503, ServerTrouble), (301, Refused), (204, Refused), (403, Refused)],
)
def test_another_status_is_an_error(status: int, kind: type[Exception]) -> None:
    with pytest.raises(kind):
        whole(Answer(status, b"[]"))


@pytest.mark.parametrize(
    "body", [b"<!doctype html><html>", b"", b"[1, 2", b"null", b"\xff\xfe", b'{"a":1}', b"[" * 100_000]
)
def test_what_is_no_json_of_the_shape_is_an_error(body: bytes) -> None:
    with pytest.raises(WrongShape):
        decode(body, list[int])


def test_an_id_that_comes_twice_counts_once_whatever_the_order() -> None:
    emotes = [CatalogueEmote("1", "b"), CatalogueEmote("1", "a"), CatalogueEmote("2", "a")]
    assert unique(emotes) == unique(reversed(emotes)) == (emotes[1], emotes[2])
