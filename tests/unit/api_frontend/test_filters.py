"""The address's filter comes back as it was."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from urllib.parse import parse_qs

import pytest
from fastapi import Depends, FastAPI
from fastapi.testclient import TestClient
from hypothesis import given, settings
from hypothesis import strategies as st

from api_frontend.data.lists.cursor import TOP_GRADE, Cursor, encode
from api_frontend.data.lists.filters import BadRequestError, Filter, from_address
from api_frontend.middleware.readers import Readers

app = FastAPI()


@app.get("/")
def echo(wanted: Filter = Depends(from_address)) -> str:  # noqa: B008
    """The filter as it was read."""
    return repr(wanted)


app.add_middleware(Readers)
client = TestClient(app)
TIMES = st.none() | st.datetimes(
    datetime(1971, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC), allow_imaginary=False
).map(lambda at: at.replace(fold=0))
CODES = st.none() | st.from_regex(r"\A[a-z0-9_]{1,40}\Z")


@settings(max_examples=50)
@given(
    st.none() | st.from_regex(r"\A[a-z0-9_]{1,25}\Z"),
    TIMES,
    TIMES,
    st.booleans(),
    CODES,
    CODES,
    st.booleans(),
    st.none() | st.builds(Cursor, st.just(datetime(2026, 1, 1, tzinfo=UTC)), st.text("abcdef0123", min_size=1)),
    st.fixed_dictionaries(
        {
            "search": st.none() | st.sampled_from(["elden ring", "a & b", "50 % + 1", "Über'ß"]),
            "game": st.none() | st.sampled_from(["Elden Ring", "Pokémon: Red/Blue", "A & B?"]),
            "language": st.sampled_from([None, "de", "zh-hk"]),
            "rarity": st.sampled_from([None, "hour", "week"]),
            "period": st.sampled_from([None, "hour", "all"]),
            "zone": st.sampled_from(["UTC", "America/New_York"]),
        }
    ),
    st.none() | st.integers(0, TOP_GRADE),
)
def test_an_address_carries_the_whole_filter(
    channel: str | None,
    from_at: datetime | None,
    until_at: datetime | None,
    clips: bool,
    mood: str | None,
    cause: str | None,
    shadow: bool,
    after: Cursor | None,
    others: dict[str, Any],
    grade: int | None,
) -> None:
    is_best = grade is not None and not shadow
    if not (others["period"] or from_at or until_at):
        others["zone"] = "UTC"  # nothing else depends on it
    wanted = Filter(
        **others,
        order="best" if is_best else "newest",
        channel=channel,
        from_at=from_at,
        until_at=until_at,
        clips_only=clips,
        mood=mood,
        cause=cause,
        shadow=shadow,
        after=after and replace(after, grade=grade if is_best else None),
    )
    answer = client.get(f"/?{wanted.query_text()}")
    assert answer.json() == repr(wanted)


def test_a_forms_empty_fields_ask_for_nothing() -> None:
    assert client.get("/?channel=&from=&until=&mood=&cause=&cursor=").json() == repr(Filter())


@pytest.mark.parametrize(
    ("written", "channel"),
    [("@Luna", "luna"), ("%23luna", "luna"), ("https://www.twitch.tv/Luna", "luna"), ("id:123", "123"), ("123", "123")],
)
def test_a_channel_is_taken_in_every_form(written: str, channel: str) -> None:
    assert client.get(f"/?channel={written}").json() == repr(Filter(channel=channel))


def test_times_are_converted_to_utc() -> None:
    assert client.get("/?from=2026-11-22T17:03").json() == repr(
        Filter(from_at=datetime(2026, 11, 22, 17, 3, tzinfo=UTC))
    )
    assert "17, 3," in client.get("/?from=2026-11-22T18:03%2B01:00").json()


@pytest.mark.parametrize(
    "query",
    [
        "channel=a%00b",
        "channel=a'b",
        "from=yesterday",
        "from=0.5",
        "until=1795367000",
        "until=1e9",
        "until=9999-12-31T23:59-14:00",
        "mood=Joy!",
        "cause=%00",
        "q=%00a",
        "game=a%00b",
        "language=German",
        "rarity=year",
        "period=month",
        "order=x",
    ],
)
def test_invalid_values_are_refused(query: str) -> None:
    assert client.get(f"/?{query}").status_code == 422


def test_a_time_zone_that_is_none_is_refused() -> None:
    with pytest.raises(BadRequestError, match="no time zone"):
        client.get("/?tz=Mars")


def test_times_and_days_are_of_the_visitors_zone() -> None:
    assert "17, 3," in client.get("/?from=2026-11-22T18:03&tz=Europe/Berlin").json()
    assert "zone='Asia/Seoul'" in client.get("/?period=today", headers={"Cookie": "tz=Asia/Seoul"}).json()
    assert "zone='UTC'" in client.get("/?period=today", headers={"Cookie": "tz=Mars"}).json()


@pytest.mark.parametrize(("order", "grade"), [("best", None), ("newest", 3)])
def test_a_cursor_of_the_other_order_is_refused(order: str, grade: int | None) -> None:
    text = encode(Cursor(datetime(2026, 1, 1, tzinfo=UTC), "m", grade))
    with pytest.raises(BadRequestError, match="not a cursor of this order"):
        client.get(f"/?order={order}&cursor={text}")


def test_each_choice_can_be_taken_away_alone() -> None:
    wanted = Filter(search="a", channel="b", channel_id="1", period="today", rarity="day", order="best")
    for condition, _ in wanted.choices():
        left = {one.parameter for one in wanted.without(condition).conditions()}
        assert left == {"q", "channel", "period", "rarity"} - {condition.parameter}


def test_only_the_list_of_the_present_is_live() -> None:
    now = datetime.now(timezone(timedelta(0)))
    assert Filter(channel="a", from_at=now, clips_only=True).follows_the_present
    assert not Filter(until_at=now).follows_the_present
    assert not Filter(after=Cursor(now, "x")).follows_the_present
    assert not Filter(shadow=True).follows_the_present
    assert parse_qs(Filter(channel="a", clips_only=True).query_text()) == {
        "channel": ["a"],
        "clips": ["1"],
        "order": ["newest"],
    }
