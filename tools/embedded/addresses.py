"""The system's ports on loopback: their defaults and the settings that change them."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Self

from embedded.problems import SetupError
from embedded.processes.ports import LOOPBACK, free_ports


@dataclass(frozen=True)
class Ports:
    """One port per field; its setting is the field's name in capitals followed by _PORT."""

    kafka: int = 9092
    kafka_controller: int = 9093
    postgres: int = 15432
    simulator_irc: int = 6667
    simulator_websocket: int = 6680
    simulator_http: int = 6690
    monitoring_health: int = 8080
    monitoring_metrics: int = 9100
    detector_rest: int = 8081
    detector_metrics: int = 9249
    recorder_metrics: int = 9101
    clips_metrics: int = 9102
    emote_counter_health: int = 8082
    emote_counter_metrics: int = 9104
    viewer_clips_health: int = 8084
    viewer_clips_metrics: int = 9110
    api: int = 5000
    api_metrics: int = 5001
    discord_simulator_http: int = 6790
    discord_simulator_gateway: int = 6791
    discord_simulator_page: int = 6792
    discord_health: int = 8083
    discord_metrics: int = 9105

    @classmethod
    def free(cls) -> Self:
        """Return ports that are free now, for a system beside others."""
        names = [field.name for field in fields(cls)]
        return cls(**dict(zip(names, free_ports(len(names)), strict=True)))

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Self:
        """Return the defaults, changed by settings such as API_PORT. Raises SetupError naming every invalid one."""
        chosen: dict[str, int] = {}
        invalid = []
        for field in fields(cls):
            value = environment.get(setting(field.name), "")
            if value.isdecimal() and 0 < int(value) < 65536:
                chosen[field.name] = int(value)
            elif value:
                invalid.append(f"{setting(field.name)}={value}: a port is a number from 1 to 65535")
        ports = cls(**chosen)
        if invalid := invalid + ports._duplicates():
            raise SetupError("\n".join(invalid))
        return ports

    def _duplicates(self) -> list[str]:
        users: dict[int, list[str]] = {}
        for name, port in asdict(self).items():
            users.setdefault(port, []).append(setting(name))
        return [f"{' and '.join(names)} are both {port}" for port, names in users.items() if len(names) > 1]

    def settings(self) -> dict[str, int]:
        """Map each setting to its port."""
        return {setting(name): port for name, port in asdict(self).items()}

    def without(self, *prefixes: str) -> dict[str, int]:
        """Map each setting to its port, those with these prefixes aside, such as SIMULATOR_."""
        return {name: port for name, port in self.settings().items() if not name.startswith(prefixes)}

    def url(self, name: str) -> str:
        """Return http://127.0.0.1:PORT for a field, without a trailing slash."""
        return f"http://{LOOPBACK}:{getattr(self, name)}"


def setting(name: str) -> str:
    """Return the environment variable that sets a field's port."""
    return f"{name.upper()}_PORT"
