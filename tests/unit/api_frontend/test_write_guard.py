"""Under which names the site takes what people send, and from whose pages."""

import pytest
from starlette.datastructures import Headers

from api_frontend.middleware.write_guard import is_own_host, is_own_origin

DOMAINS = ["www.example.org"]


@pytest.mark.parametrize(
    "authority",
    [
        "localhost",
        "localhost:5050",
        "LocalHost.:5000",
        "127.0.0.1:5000",
        "[::1]:5000",
        "192.168.1.20:5000",
        "[fd00::20]",
        "www.example.org",
        "WWW.example.org:443",
    ],
)
def test_own_hosts(authority: str) -> None:
    assert is_own_host(authority, DOMAINS)


@pytest.mark.parametrize(
    "authority",
    [
        "",
        "evil.example",
        "evil.example:5000",
        "localhost.evil.example",
        "example.org",
        "a.www.example.org",
        "127.0.0.1.evil.example",
        "127.0.0.1@evil.example",
        "evil.example@127.0.0.1",
        "evil.example/@127.0.0.1",
        "[evil.example]:5000",
        "[::1",
        "localhost:port",
        "localhost, evil.example",
    ],
)
def test_foreign_hosts(authority: str) -> None:
    assert not is_own_host(authority, DOMAINS)


@pytest.mark.parametrize(
    ("sent", "is_own"),
    [
        ({}, True),  # a program
        ({"origin": "https://www.example.org", "sec-fetch-site": "same-origin"}, True),
        ({"origin": "https://www.example.org"}, True),
        ({"origin": "null", "sec-fetch-site": "same-origin"}, True),  # the page sends no referrer
        ({"sec-fetch-site": "none"}, True),
        ({"origin": "https://evil.example", "sec-fetch-site": "cross-site"}, False),
        ({"origin": "https://other.example.org", "sec-fetch-site": "same-site"}, False),
        ({"origin": "https://evil.example"}, False),
        ({"origin": "https://www.example.org.evil.example"}, False),
        ({"origin": "https://www.example.org:8443"}, False),
        ({"origin": "null"}, False),
        ({"origin": "https://evil.example", "sec-fetch-site": "same-origin"}, False),
        ({"sec-fetch-site": "cross-site"}, False),
        ({"sec-fetch-site": ""}, False),
    ],
)
def test_whose_page_it_is(sent: dict[str, str], is_own: bool) -> None:
    assert is_own_origin(Headers({"host": "www.example.org", **sent})) is is_own
