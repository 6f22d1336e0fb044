"""Only DEMO_BIND lets others open the site, and the start line says so."""

from pathlib import Path

import pytest

from embedded.addresses import Ports
from embedded.demo import where
from embedded.problems import SetupError
from embedded.programs import api_frontend
from embedded.site_address import SiteAddress, own_address

PORTS = Ports(api=5050)


def bound(site: SiteAddress) -> str:
    return api_frontend(Path("demo"), PORTS, site, {}).environment["API_BIND_ADDRESS"]


@pytest.mark.parametrize("environment", [{}, {"DEMO_BIND": ""}, {"DEMO_BIND": "127.0.0.1"}])
def test_without_demo_bind_the_site_is_on_loopback(environment: dict[str, str]) -> None:
    site = SiteAddress.from_environment(environment)
    assert bound(site) == "127.0.0.1"
    assert where(PORTS, site) == "Stream Scout is at http://localhost:5050 (Ctrl-C stops it)"


@pytest.mark.parametrize("wanted", ["0.0.0.0", "::"])
def test_the_start_line_tells_what_a_phone_types(wanted: str) -> None:
    site = SiteAddress.from_environment({"DEMO_BIND": wanted})
    assert bound(site) == wanted
    assert where(PORTS, site).startswith(f"Stream Scout is at http://{own_address()}:5050 (Ctrl-C")
    assert where(PORTS, site).endswith("; a streamer’s sign-in is played on this machine only.")
    assert f"Everyone on the network of this machine can open it, because of DEMO_BIND={wanted}" in where(PORTS, site)


def test_one_address_is_told_as_it_is() -> None:
    assert "http://192.0.2.7:5050 " in where(PORTS, SiteAddress("192.0.2.7"))
    assert "http://[fd00::7]:5050 " in where(PORTS, SiteAddress("fd00::7"))


@pytest.mark.parametrize("wanted", ["yes", "192.0.2.7", "localhost:80"])
def test_an_address_of_another_machine_is_refused(wanted: str) -> None:
    with pytest.raises(SetupError, match=f"DEMO_BIND={wanted}: not an address of this machine"):
        SiteAddress.from_environment({"DEMO_BIND": wanted})
