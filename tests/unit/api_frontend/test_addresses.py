"""Old addresses lead to the present ones of this site and to no other, and tracking is taken off."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api_frontend.middleware.addresses import present_path, without_tracking


@pytest.mark.parametrize(
    ("path", "present"),
    [
        ("/api/moments", "/api/v1/moments"),
        ("/api/moments/", "/api/v1/moments"),
        ("/api/moments/a.b", "/api/v1/moments/a.b"),
        ("/best/", "/best"),
        ("/channels/kraken/", "/channels/kraken"),
        ("/", None),
        ("/best", None),
        ("/api/v1/moments", None),
        ("/api/v1", None),
        ("/api/v12/x", None),
        ("//evil.example/", None),
        ("/\\evil.example/", None),
        ("/a//b/", None),
        ("/a\r\nSet-Cookie: x/", None),
    ],
)
def test_where_an_address_leads(path: str, present: str | None) -> None:
    assert present_path(path) == present


@given(st.text(st.sampled_from("/\\.api v1%:@e\n"), max_size=20))
def test_it_leads_nowhere_else(path: str) -> None:
    found = present_path(f"/{path}")
    if found is not None:
        assert found.startswith("/")
        assert not found.startswith(("//", "/\\"))
        assert not set(found) & set("\\\n@: %")


@pytest.mark.parametrize(
    ("query", "kept"),
    [
        (b"", b""),
        (b"channel=a%20b&cursor=", b"channel=a%20b&cursor="),
        (b"utm_source=x&channel=a%20b&fbclid=1&cursor=", b"channel=a+b&cursor="),
        (b"gclid=1", b""),
        (b"fresh=1732", b""),
        (b"channel=fresh&fresh=1&freshly=2", b"channel=fresh&freshly=2"),
        (b"site=utm_x", b"site=utm_x"),
        (b"q=utm_source", b"q=utm_source"),
    ],
)
def test_tracking_is_taken_off(query: bytes, kept: bytes) -> None:
    assert without_tracking(query) == kept
