"""Nothing that looks like a secret gets into the store, and nothing else is hidden."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from log_collector.lines.masking import masked

VALUE = "abcdefghij0123456789klmn"


@pytest.mark.parametrize(
    "text",
    [
        f"PASS oauth:{VALUE}",
        f"Authorization: Bearer {VALUE}",
        f"POST https://discord.com/api/webhooks/123456/{VALUE} failed",
        f"GET https://id.twitch.tv/oauth2/token?client_secret={VALUE}&grant_type=refresh_token",
        f"refresh_token={VALUE}",
        f"connection to postgresql://owner:{VALUE}@10.0.0.1:5432/stream_scout failed",
        f"password={VALUE} host=10.0.0.1",
        f"api_key={VALUE}",
        json.dumps({"event": "failed", "reason": f"url: https://x.org/?access_token={VALUE}", "level": "error"}),
    ],
)
def test_a_secret_is_hidden(text: str) -> None:
    found = masked(text)
    assert VALUE not in found
    assert "***" in found
    if text.startswith("{"):
        assert json.loads(found)["level"] == "error"


@pytest.mark.parametrize(
    "text",
    [
        "token refreshed for kira",
        "GET /moments?channel=kira&sort=newest 200",
        "no password supplied",
        "https://www.twitch.tv/kira@home",
        "the bearer of news",
        '{"event":"x","reason":"http://10.0.0.1:8080/ready"}',
        "wrote 3 rows in 0.2 s to postgresql://recorder@10.0.0.1:5432/stream_scout",
    ],
)
def test_nothing_else_is(text: str) -> None:
    assert masked(text) == text


@given(
    st.dictionaries(st.text(), st.text(), max_size=5), st.sampled_from(["password=", "oauth:", "token=", "a://b:c@"])
)
def test_a_line_of_json_stays_one(fields: dict[str, str], marked: str) -> None:
    line = json.dumps({name: marked + value for name, value in fields.items()})
    assert json.loads(masked(line)).keys() == fields.keys()
