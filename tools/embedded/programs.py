"""Lists the system's programs: command, environment and readiness check of each."""

import sys
from collections.abc import Callable, Mapping
from dataclasses import KW_ONLY, dataclass, field
from enum import IntEnum
from pathlib import Path

from embedded.addresses import Ports
from embedded.paths import CONFIGS, FLINK_JARS, FLINK_LOGGING, class_archive
from embedded.processes.ports import LOOPBACK
from embedded.processes.probes import answers, job_runs, listens
from embedded.servers.kafka import Kafka
from embedded.servers.postgres import OWNER, Postgres
from embedded.servers.redis import Redis
from embedded.servers.server import Server
from embedded.site_address import SiteAddress
from embedded.twitch import Twitch, is_real
from service_runtime.role_setup import password_file


class Stage(IntEnum):
    """The start order; programs stop in reverse order."""

    SERVERS = 1
    PREPARATION = 2
    SERVICES = 3


@dataclass(frozen=True)
class Program:
    """One process of the system. `one_shot`: it must exit before the next stage starts."""

    name: str
    stage: Stage
    _: KW_ONLY
    command: list[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    ready: Callable[[], bool] = lambda: True
    prepare: Callable[[], None] = lambda: None
    one_shot: bool = False
    stop_signal: str = "TERM"
    stop_as_group: bool = False


def table(
    directory: Path, ports: Ports, site: SiteAddress, twitch: Twitch, simulator_options: Mapping[str, object]
) -> list[Program]:
    """Return every program of a system with its data in `directory`."""
    shared = addresses(ports) | twitch.environment(directory, ports)
    programs = [*servers(directory, ports), *preparations(directory, ports, shared)]
    if twitch.simulated:
        programs.append(simulator(directory, ports, simulator_options))
    return programs + services(directory, ports, site, shared)


def addresses(ports: Ports) -> dict[str, str]:
    """Return the servers' addresses as settings of the services."""
    return {
        "KAFKA_BOOTSTRAP_SERVERS": f"{LOOPBACK}:{ports.kafka}",
    }


def database(directory: Path, ports: Ports) -> Postgres:
    """Return the system's Postgres."""
    return Postgres(directory / "postgres", ports.postgres)


def login(directory: Path, ports: Ports, role: str) -> dict[str, str]:
    """Return the settings with which a program logs in to Postgres."""
    server = database(directory, ports)
    return {
        "POSTGRES_DSN": server.address(role),
        "POSTGRES_PASSWORD_FILE": str(password_file(server.passwords, role)),
    }


def servers(directory: Path, ports: Ports) -> list[Program]:
    """Return Kafka, Postgres and Redis."""
    kafka = Kafka(directory / "kafka", ports.kafka, ports.kafka_controller)
    postgres = database(directory, ports)
    redis = Redis(directory / "redis")
    return [_server(kafka), _server(postgres, stop_signal="INT"), _server(redis)]


def _server(server: Server, stop_signal: str = "TERM") -> Program:
    return Program(
        server.name,
        Stage.SERVERS,
        command=server.command(),
        ready=server.answers,
        prepare=server.prepare,
        stop_signal=stop_signal,
    )


def _python(module: str) -> list[str]:
    return [sys.executable, "-m", module]


def simulator(directory: Path, ports: Ports, options: Mapping[str, object]) -> Program:
    """Return the simulated Twitch. `options`: settings of the simulator without their prefix."""
    own = {
        "irc_port": ports.simulator_irc,
        "websocket_port": ports.simulator_websocket,
        "http_port": ports.simulator_http,
        "truth_file": directory / "truth",
    }
    environment = {f"SIMULATOR_{name.upper()}": str(value) for name, value in {**options, **own}.items()}
    url = ports.url("simulator_http") + "/control/state"
    return Program(
        "twitch_simulator",
        Stage.SERVERS,
        command=_python("twitch_simulator"),
        environment=environment,
        ready=lambda: answers(url),
    )


def preparations(directory: Path, ports: Ports, shared: Mapping[str, str]) -> list[Program]:
    """Return the programs that create or update topics, roles and tables."""
    server = database(directory, ports)
    return [
        Program(
            "topic_setup",
            Stage.PREPARATION,
            command=_python("service_runtime.topic_setup"),
            environment=shared,
            one_shot=True,
        ),
        Program(
            "roles",
            Stage.PREPARATION,
            command=_python("service_runtime.role_setup"),
            environment={
                "POSTGRES_DSN": server.socket_address(),
                "ROLES_PASSWORD_DIRECTORY": str(server.passwords),
                "ROLES_MAKE_PASSWORDS": "true",
            },
            one_shot=True,
        ),
        Program(
            "migrate",
            Stage.PREPARATION,
            command=_python("recorder.migrate"),
            environment=login(directory, ports, OWNER),
            one_shot=True,
        ),
    ]


def services(directory: Path, ports: Ports, site: SiteAddress, shared: Mapping[str, str]) -> list[Program]:
    """Return the services, the slowest to start first."""
    return [
        clip_detector(directory, ports, shared),
        stream_monitoring(directory, ports, shared),
        Program(
            "recorder",
            Stage.SERVICES,
            command=_python("recorder"),
            environment={
                **shared,
                **login(directory, ports, "recorder"),
                "RECORDER_METRICS_PORT": str(ports.recorder_metrics),
            },
            ready=lambda: listens(ports.recorder_metrics),
        ),
        Program(
            "clip_creator",
            Stage.SERVICES,
            command=_python("clip_creator"),
            environment={**shared, "CLIPS_METRICS_PORT": str(ports.clips_metrics)},
            ready=lambda: listens(ports.clips_metrics),
        ),
        emote_counter(directory, ports, shared),
        viewer_clips(directory, ports, shared),
        api_frontend(directory, ports, site, shared),
    ]


def api_frontend(directory: Path, ports: Ports, site: SiteAddress, shared: Mapping[str, str]) -> Program:
    """Return the website, the only program that may listen beyond loopback."""
    own = {
        "API_BIND_ADDRESS": site.bind,
        "API_PORT": str(ports.api),
        "API_METRICS_PORT": str(ports.api_metrics),
    }
    command = _python("api_frontend")
    if not is_real(shared):  # the simulated Twitch sends anyone back
        own["API_SIGN_IN_RETURN_URL"] = f"http://localhost:{ports.api}/channels/opt-out/return"
        command = [*_python("embedded.demo_site"), ports.url("simulator_http")]
    url = f"http://{site.local}:{ports.api}/ready"
    return Program(
        "api_frontend",
        Stage.SERVICES,
        command=command,
        environment={
            **shared,
            **login(directory, ports, "api_frontend"),
            **Redis(directory / "redis").settings(),
            **own,
        },
        ready=lambda: answers(url),
    )


def emote_counter(directory: Path, ports: Ports, shared: Mapping[str, str]) -> Program:
    """Return the counter of emotes."""
    own = {
        "EMOTE_COUNTER_DIRECTORY": str(directory / "emotes"),
        "EMOTE_COUNTER_HEALTH_PORT": str(ports.emote_counter_health),
        "EMOTE_COUNTER_METRICS_PORT": str(ports.emote_counter_metrics),
    }
    url = ports.url("emote_counter_health") + "/ready"
    return Program(
        "emote_counter",
        Stage.SERVICES,
        command=_python("emote_counter"),
        environment={**shared, **login(directory, ports, "emote_counter"), **own},
        ready=lambda: answers(url),
    )


def viewer_clips(directory: Path, ports: Ports, shared: Mapping[str, str]) -> Program:
    """Return the program that asks for viewers' clips."""
    own = {
        "VIEWER_CLIPS_DIRECTORY": str(directory / "viewer-clips"),
        "VIEWER_CLIPS_HEALTH_PORT": str(ports.viewer_clips_health),
        "VIEWER_CLIPS_METRICS_PORT": str(ports.viewer_clips_metrics),
    }
    url = ports.url("viewer_clips_health") + "/ready"
    return Program(
        "viewer_clips",
        Stage.SERVICES,
        command=_python("viewer_clips"),
        environment={**shared, **own},
        ready=lambda: answers(url),
    )


def stream_monitoring(directory: Path, ports: Ports, shared: Mapping[str, str]) -> Program:
    """Return the program that reads chat into the spool and Kafka."""
    own = {
        "SPOOL_DIRECTORY": str(directory / "spool"),
        "MONITORING_CHANNEL_LIST_FILE": str(directory / "channels.json"),
        "MONITORING_HEALTH_PORT": str(ports.monitoring_health),
        "MONITORING_METRICS_PORT": str(ports.monitoring_metrics),
    }
    check = "/live" if is_real(shared) else "/ready"  # the real Twitch may be away, or not know a channel
    url = ports.url("monitoring_health") + check
    return Program(
        "stream_monitoring",
        Stage.SERVICES,
        command=_python("stream_monitoring"),
        environment={**shared, **login(directory, ports, "chooser"), **own},
        ready=lambda: answers(url),
    )


def clip_detector(directory: Path, ports: Ports, shared: Mapping[str, str]) -> Program:
    """Return the Flink job: a Python driver, its JVM and Python workers, all in one process group."""
    own = {
        "DETECTOR_CONFIG": str(CONFIGS / "detector.toml"),
        "DETECTOR_CHECKPOINT_DIRECTORY": str(directory / "checkpoints"),
        "DETECTOR_EMOTES": str(directory / "emotes" / "catalogues.sqlite"),
        "DETECTOR_REST_PORT": str(ports.detector_rest),
        "DETECTOR_METRICS_PORT": str(ports.detector_metrics),
        "DETECTOR_FLINK_JARS": str(FLINK_JARS),
        "DETECTOR_JVM_OPTIONS": " ".join(class_archive("flink")),
        "DETECTOR_LOG_CONFIG": str(FLINK_LOGGING),
        "DETECTOR_WORK_DIRECTORY": str(directory / "run" / "flink"),
    }
    return Program(
        "clip_detector",
        Stage.SERVICES,
        command=_python("clip_detector"),
        environment={**shared, **own},
        ready=lambda: job_runs(ports.url("detector_rest")),
        stop_as_group=True,
    )
