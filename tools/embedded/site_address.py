"""The address that the site listens on: loopback, unless DEMO_BIND asks for another, so that a phone can open it."""

import socket
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address

from embedded.problems import SetupError
from embedded.processes.ports import LOOPBACK

SETTING = "DEMO_BIND"
ELSEWHERE = ("192.0.2.1", 9)  # an address that nobody has (RFC 5737); nothing is sent there


@dataclass(frozen=True)
class SiteAddress:
    """One address of this machine, or 0.0.0.0 or :: for all of them."""

    bind: str = LOOPBACK

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "SiteAddress":
        """Return DEMO_BIND's address, loopback if it is not set. Raises SetupError if this machine has no such one."""
        wanted = environment.get(SETTING, "").strip() or LOOPBACK
        try:
            address = ip_address(wanted)
            with socket.socket(socket.AF_INET6 if address.version == 6 else socket.AF_INET) as probe:
                probe.bind((str(address), 0))
        except (ValueError, OSError) as error:
            hint = "0.0.0.0 makes the site reachable at every address of this machine"
            raise SetupError(f"{SETTING}={wanted}: not an address of this machine; {hint}.") from error
        return cls(str(address))

    @property
    def is_wider(self) -> bool:
        """Return whether other machines reach it."""
        return not self._address.is_loopback

    @property
    def local(self) -> str:
        """Return the host by which this machine reaches it, as in a URL."""
        return _in_url(ip_address(LOOPBACK) if self._address.is_unspecified else self._address)

    @property
    def for_others(self) -> str:
        """Return the host that other machines type, as in a URL."""
        return _in_url(ip_address(own_address()) if self._address.is_unspecified else self._address)

    @property
    def _address(self) -> IPv4Address | IPv6Address:
        return ip_address(self.bind)


def own_address() -> str:
    """Return the address from which this machine reaches others; loopback without a network."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(ELSEWHERE)
        except OSError:
            return LOOPBACK
        return str(probe.getsockname()[0])


def _in_url(address: IPv4Address | IPv6Address) -> str:
    return f"[{address}]" if address.version == 6 else str(address)
