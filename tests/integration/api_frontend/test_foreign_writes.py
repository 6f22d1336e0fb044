"""What another website has a visitor's browser send is refused, whatever the path; what is read is not."""

from collections.abc import Iterator

import httpx
import pytest
from integration.support.api_frontend_process import SiteProcess

PATHS = ("/", "/api/v1/moments", "/moments/m1", "/events", "/health", "/static/site.css", "/nowhere")
WRITING = ("POST", "PUT", "PATCH", "DELETE")
NOT_REFUSED = {404, 405}  # the site has nothing to write there
EVIL = {"Origin": "https://evil.example"}


@pytest.fixture(scope="module")
def site(postgres_of_module: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SiteProcess]:
    settings = {"API_SITE_DOMAINS": "www.example.org", "API_TRUST_CLOUDFLARE": "true"}
    with SiteProcess(postgres_of_module, tmp_path_factory.mktemp("site"), **settings) as site:
        yield site


@pytest.fixture(scope="module")
def http(site: SiteProcess) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=site.url, timeout=10) as client:
        yield client


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("method", WRITING)
def test_writes_from_elsewhere_are_refused(http: httpx.Client, method: str, path: str) -> None:
    assert http.request(method, path).status_code in NOT_REFUSED
    for headers in (EVIL, {"Sec-Fetch-Site": "cross-site"}, {"Host": "evil.example"}):
        assert http.request(method, path, headers=headers).status_code == 403


def test_the_tunnel_the_demo_and_a_phone_may_write(site: SiteProcess, http: httpx.Client) -> None:
    for host in ("www.example.org", f"127.0.0.1:{site.port}", f"[::1]:{site.port}", f"192.168.1.20:{site.port}"):
        own = {"Host": host, "Origin": f"http://{host}", "Cf-Connecting-Ip": "203.0.113.9"}
        assert http.post("/", headers=own).status_code in NOT_REFUSED


def test_a_refusal_says_what_is_wrong(http: httpx.Client) -> None:
    host = http.post("/api/v1/moments", headers={"Host": "evil.example"}).json()["error"]
    assert host["code"] == "foreign_host"
    assert "SITE_DOMAINS" in host["message"]
    assert http.post("/api/v1/moments", headers=EVIL).json()["error"]["code"] == "foreign_origin"
    page = http.post("/", headers=EVIL)
    assert "Request refused" in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]


def test_reads_are_answered_under_any_name(http: httpx.Client) -> None:
    for path in ("/", "/ready", "/api/v1/moments"):
        assert http.get(path, headers={"Host": "api-frontend:5000", **EVIL}).status_code == 200


def test_a_tunnel_without_a_domain_is_told_at_the_start(
    site: SiteProcess, postgres_of_module: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    assert "set SITE_DOMAINS" not in site.log()
    with SiteProcess(postgres_of_module, tmp_path_factory.mktemp("alone"), API_TRUST_CLOUDFLARE="true") as alone:
        assert "set SITE_DOMAINS" in alone.log()
