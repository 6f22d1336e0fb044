"""Settings and addresses: the demo on loopback, or the two machines that `.env` names."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from service_runtime.settings import KafkaSettings, PostgresSettings

LOOPBACK = "127.0.0.1"
ROLE, PASSWORD = "status", "postgres_status_password"
DEMO_FOLDERS = (Path(".demo"), Path(".live"))


class StatusSettings(BaseSettings):
    """Addresses under the names that the services and the compose files use."""

    model_config = SettingsConfigDict(env_file=".env", env_ignore_empty=True, extra="ignore", frozen=True)
    bind_addr: str | None = Field(None, description="address of this machine, if there are two")
    machine_a: str | None = Field(None, description="address of machine A; set on machine B")
    machine_b: str | None = Field(None, description="address of machine B; set on machine A")
    secrets_directory: Path = Field(Path("secrets"), description="folder with the passwords on machines A and B")
    postgres_dsn: str | None = Field(None, description="overrides the default address")
    postgres_password_file: Path | None = Field(None, description="file with the password")
    postgres_port: int = Field(15432, description="port of the demo's Postgres")
    kafka_bootstrap_servers: str | None = Field(None, description="overrides the default address")
    kafka_username: str | None = Field(None, description="SASL user")
    kafka_password_file: Path | None = Field(None, description="file with the SASL password")
    kafka_port: int = Field(9092, description="port of the demo's Kafka")
    monitoring_health_port: int = Field(8080, description="port of stream_monitoring's /ready")
    monitoring_metrics_port: int = Field(9100, description="port of stream_monitoring's /metrics")
    emote_counter_health_port: int = Field(8082, description="port of emote_counter's /ready")
    emote_counter_metrics_port: int = Field(9104, description="port of emote_counter's /metrics")
    viewer_clips_health_port: int = Field(8084, description="port of viewer_clips's /ready")
    viewer_clips_metrics_port: int = Field(9110, description="port of viewer_clips's /metrics")
    detector_rest_port: int = Field(8081, description="port of Flink's REST API")
    api_port: int = Field(5000, description="port of the website")
    discord_metrics_port: int = Field(9105, description="port of the Discord bot's /metrics")
    compose_profiles: str = Field("", description="which services beside the usual ones run on machine A")
    status_directory: Path = Field(Path("."), description="folder whose disk is checked")
    machine_health_file: Path = Field(
        Path("/run/stream_scout_machine.prom"), description="what infrastructure/machine_health.sh wrote"
    )

    @property
    def here(self) -> Literal["demo", "A", "B"]:
        """Return which machine this is."""
        if self.machine_a:
            return "B"
        return "A" if self.machine_b or self.bind_addr else "demo"


@dataclass(frozen=True, kw_only=True)
class Addresses:
    """What to query. None: cannot be queried from this machine; `standby` is empty if there is none.

    `has_discord`: whether there has to be a Discord bot.
    """

    postgres: str
    kafka: KafkaSettings
    capture: str | None
    capture_metrics: str | None
    standby: str
    emotes: str | None
    emotes_metrics: str | None
    viewer_clips: str | None
    viewer_clips_metrics: str | None
    flink: str | None
    website: str
    discord: str
    has_discord: bool


def addresses(settings: StatusSettings) -> Addresses:
    """Return the addresses to query from this machine. Raises OSError if a password file cannot be read."""
    demo, own = settings.here == "demo", settings.bind_addr or LOOPBACK
    machine_a, machine_b = settings.machine_a or own, settings.machine_b or own
    local = None if settings.here == "A" else f"http://{LOOPBACK}"  # machine B publishes these on its loopback only
    return Addresses(
        postgres=_postgres(settings, machine_a),
        kafka=_kafka(settings, machine_b),
        capture=local and f"{local}:{settings.monitoring_health_port}",
        capture_metrics=local and f"{local}:{settings.monitoring_metrics_port}",
        standby="" if demo else f"http://{machine_a}:{settings.monitoring_metrics_port}",
        emotes=local and f"{local}:{settings.emote_counter_health_port}",
        emotes_metrics=local and f"{local}:{settings.emote_counter_metrics_port}",
        viewer_clips=local and f"{local}:{settings.viewer_clips_health_port}",
        viewer_clips_metrics=local and f"{local}:{settings.viewer_clips_metrics_port}",
        flink=local and f"{local}:{settings.detector_rest_port}",
        website=f"http://{machine_a}:{settings.api_port}",
        discord=f"http://{machine_a}:{settings.discord_metrics_port}",
        has_discord="discord" in settings.compose_profiles.split(","),
    )


def _postgres(settings: StatusSettings, machine_a: str) -> str:
    if settings.postgres_dsn:
        dsn, file = settings.postgres_dsn, None
    elif settings.here == "demo":
        dsn, file = f"postgresql://{ROLE}@{LOOPBACK}:{settings.postgres_port}/stream_scout", _password_of_the_demo()
    else:
        dsn, file = f"postgresql://{ROLE}@{machine_a}:5432/stream_scout", settings.secrets_directory / PASSWORD
    return PostgresSettings(
        dsn=SecretStr(dsn), password_file=opened(settings.postgres_password_file or file)
    ).conninfo()


def opened(file: Path | None) -> Path | None:
    """Return the file; raise OSError, which names it, where it cannot be read."""
    if file is not None:
        file.read_bytes()
    return file


def _password_of_the_demo() -> Path | None:
    """Return the password file of the demo or the live system, whichever was started last; None if there is none."""
    known = [folder for folder in DEMO_FOLDERS if (folder / "secrets" / PASSWORD).exists()]
    last = max(known, key=lambda folder: (folder / "run").stat().st_mtime, default=None)
    return last and last / "secrets" / PASSWORD


def _kafka(settings: StatusSettings, machine_b: str) -> KafkaSettings:
    if settings.here == "demo":
        servers, user, file = f"{LOOPBACK}:{settings.kafka_port}", None, None
    else:
        servers, user, file = f"{machine_b}:9094", "stream-scout", settings.secrets_directory / "kafka_password"
    return KafkaSettings(
        bootstrap_servers=settings.kafka_bootstrap_servers or servers,
        username=settings.kafka_username or user,
        password_file=opened(settings.kafka_password_file or file),
    )
