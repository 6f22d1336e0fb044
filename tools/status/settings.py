"""Where everything is: the demo on loopback, or two machines where `.env` names them."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from service_runtime.settings import KafkaSettings, PostgresSettings

LOOPBACK = "127.0.0.1"


class StatusSettings(BaseSettings):
    """The addresses, under the names that the services and the compose files use."""

    model_config = SettingsConfigDict(env_file=".env", env_ignore_empty=True, extra="ignore", frozen=True)
    bind_addr: str | None = Field(None, description="this machine's address, where there are two")
    machine_a: str | None = Field(None, description="the address of machine A; set on machine B")
    machine_b: str | None = Field(None, description="the address of machine B; set on machine A")
    secrets_directory: Path = Field(Path("secrets"), description="folder of the passwords on machines A and B")
    postgres_dsn: str | None = Field(None, description="in place of the usual address")
    postgres_password_file: Path | None = Field(None, description="file that holds the password")
    postgres_port: int = Field(15432, description="the demo's Postgres")
    kafka_bootstrap_servers: str | None = Field(None, description="in place of the usual address")
    kafka_username: str | None = Field(None, description="SASL user")
    kafka_password_file: Path | None = Field(None, description="file that holds the SASL password")
    kafka_port: int = Field(9092, description="the demo's Kafka")
    monitoring_health_port: int = Field(8080, description="/ready of stream_monitoring")
    monitoring_metrics_port: int = Field(9100, description="/metrics of stream_monitoring")
    detector_rest_port: int = Field(8081, description="Flink's REST interface")
    api_port: int = Field(5000, description="the website")
    status_directory: Path = Field(Path("."), description="folder on the disk to look at")

    @property
    def here(self) -> Literal["demo", "A", "B"]:
        """Which machine this is."""
        if self.machine_a:
            return "B"
        return "A" if self.machine_b or self.bind_addr else "demo"


@dataclass(frozen=True)
class Addresses:
    """Whom to ask. None: it cannot be asked from here; `standby` is empty where there is none."""

    postgres: str
    kafka: KafkaSettings
    capture: str | None
    capture_metrics: str | None
    standby: str
    flink: str | None
    website: str


def addresses(settings: StatusSettings) -> Addresses:
    """The addresses as seen from this machine. Raises OSError where a password file cannot be read."""
    demo, own = settings.here == "demo", settings.bind_addr or LOOPBACK
    machine_a, machine_b = settings.machine_a or own, settings.machine_b or own
    local = None if settings.here == "A" else f"http://{LOOPBACK}"  # machine B opens these to itself alone
    return Addresses(
        postgres=_postgres(settings, machine_a),
        kafka=_kafka(settings, machine_b),
        capture=local and f"{local}:{settings.monitoring_health_port}",
        capture_metrics=local and f"{local}:{settings.monitoring_metrics_port}",
        standby="" if demo else f"http://{machine_a}:{settings.monitoring_metrics_port}",
        flink=local and f"{local}:{settings.detector_rest_port}",
        website=f"http://{machine_a}:{settings.api_port}",
    )


def _postgres(settings: StatusSettings, machine_a: str) -> str:
    file = settings.postgres_password_file
    if settings.here == "demo":
        dsn = settings.postgres_dsn or f"postgresql://postgres@{LOOPBACK}:{settings.postgres_port}/stream_scout"
    else:
        dsn = settings.postgres_dsn or f"postgresql://stream_scout@{machine_a}:5432/stream_scout"
        file = file or settings.secrets_directory / "postgres_password"
    return PostgresSettings(dsn=SecretStr(dsn), password_file=file).conninfo()


def _kafka(settings: StatusSettings, machine_b: str) -> KafkaSettings:
    if settings.here == "demo":
        servers, user, file = f"{LOOPBACK}:{settings.kafka_port}", None, None
    else:
        servers, user, file = f"{machine_b}:9094", "stream-scout", settings.secrets_directory / "kafka_password"
    return KafkaSettings(
        bootstrap_servers=settings.kafka_bootstrap_servers or servers,
        username=settings.kafka_username or user,
        password_file=settings.kafka_password_file or file,
    )
