"""Every port of the system on loopback: its default and the setting that changes it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Self

from embedded.problems import SetupError
from embedded.processes.ports import LOOPBACK, free_ports


@dataclass(frozen=True)
class Ports:
    """One port a field; the setting is the field's name in capitals with _PORT behind it."""

    kafka: int = 9092
    kafka_controller: int = 9093
    postgres: int = 15432
    redis: int = 16379
    simulator_irc: int = 6667
    simulator_websocket: int = 6680
    simulator_http: int = 6690
    monitoring_health: int = 8080
    monitoring_metrics: int = 9100
    detector_rest: int = 8081
    detector_metrics: int = 9249
    recorder_metrics: int = 9101
    clips_metrics: int = 9102
    api: int = 5000
    api_metrics: int = 5001

    @classmethod
    def free(cls) -> Self:
        """Ports that nobody listens on now, for a system beside others."""
        names = [field.name for field in fields(cls)]
        return cls(**dict(zip(names, free_ports(len(names)), strict=True)))

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Self:
        """The defaults, changed by settings such as API_PORT. Raises SetupError with every wrong one."""
        chosen: dict[str, int] = {}
        wrong = []
        for field in fields(cls):
            value = environment.get(setting(field.name), "")
            if value.isdecimal() and 0 < int(value) < 65536:
                chosen[field.name] = int(value)
            elif value:
                wrong.append(f"{setting(field.name)}={value}: a port is a number from 1 to 65535")
        ports = cls(**chosen)
        if wrong := wrong + ports._doubled():
            raise SetupError("\n".join(wrong))
        return ports

    def _doubled(self) -> list[str]:
        users: dict[int, list[str]] = {}
        for name, port in asdict(self).items():
            users.setdefault(port, []).append(setting(name))
        return [f"{' and '.join(names)} are both {port}" for port, names in users.items() if len(names) > 1]

    def settings(self) -> dict[str, int]:
        """Setting -> port."""
        return {setting(name): port for name, port in asdict(self).items()}

    def url(self, name: str) -> str:
        """http://127.0.0.1:PORT of a field, without a slash at the end."""
        return f"http://{LOOPBACK}:{getattr(self, name)}"


def setting(name: str) -> str:
    """The variable that chooses a field's port."""
    return f"{name.upper()}_PORT"
