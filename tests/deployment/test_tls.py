"""The profile `tls` in its container: HTTPS with the operator's certificate, and only the proxy behind it."""

import ssl

import httpx
import pytest
from deployment.test_closed_by_default import CONNECT, POSTGRES, PROXY, REDIS, SITE, addresses, container_of, docker
from deployment.two_machines import RELIABLE, TwoMachines

NAME = {"headers": {"Host": "localhost"}, "extensions": {"sni_hostname": "localhost"}}


@pytest.fixture
def visitor(machines: TwoMachines) -> httpx.Client:
    """A browser that trusts the operator's certificate."""
    if "caddy" not in machines.a.services:
        pytest.skip("no image of Caddy here: CADDY_IMAGE")
    trusted = ssl.create_default_context(cafile=str(machines.a.directory / "secrets" / "tls_certificate"))
    return httpx.Client(verify=trusted, timeout=10)


def test_the_site_is_there_over_https(visitor: httpx.Client) -> None:
    answer = visitor.get(f"https://{RELIABLE}/", **NAME)
    assert answer.status_code == 200
    assert answer.headers["strict-transport-security"] == "max-age=31536000"
    plain = visitor.get(f"http://{RELIABLE}/", headers=NAME["headers"])
    assert (plain.status_code, plain.headers["location"]) == (308, "https://localhost/")


def test_caddy_reaches_only_the_proxy(visitor: httpx.Client, machines: TwoMachines) -> None:
    """It has no Python of its own, so another container takes its place in its network."""
    places = [each for service in (PROXY, SITE, POSTGRES, REDIS) for each in addresses(machines.a, *service)]
    image, network = "stream-scout/recorder:test", f"{machines.a.project}_tls"
    (proxy,) = docker("run", "--rm", "--network", network, image, "python", "-c", CONNECT, *places).split()
    assert proxy in addresses(machines.a, *PROXY)
    assert docker("inspect", container_of(machines.a, "caddy"), "--format", "{{.Config.User}}").strip() == "10001:10001"
