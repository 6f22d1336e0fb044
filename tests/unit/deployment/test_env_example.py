""".env.example has every setting that an operator may set, with its default and meaning, where it has an effect."""

import importlib
import inspect
import re
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import yaml
from dotenv import dotenv_values
from pydantic_core import PydanticUndefined
from pydantic_settings import BaseSettings

from .manual import text
from .test_names_agree import SETTINGS

EXAMPLE = text(".env.example")
FILES = {"Machine A": "docker-compose.reliable.yml", "Machine B": "docker-compose.processing.yml"}
LIVE = "make live, and seed_twitch_tokens.py"
ENTRY = re.compile(r"^(?:# )?([A-Z][A-Z0-9_]+)=(.*?)(?:  # (.+))?$")
FIXED = {  # settings that are not the operator's, each with the reason
    "KAFKA_BOOTSTRAP_SERVERS": "the compose files know where Kafka is",
    "KAFKA_USERNAME": "the compose files name Kafka's one user",
    "KAFKA_PASSWORD_FILE": "a secret of the compose files",
    "POSTGRES_DSN": "the compose files know where Postgres is",
    "POSTGRES_PASSWORD_FILE": "a secret of the compose files",
    "STREAM_SCOUT_COMMIT": "in the image",
    "ROLES_PASSWORD_DIRECTORY": "the folder of the containers' secrets",
    "ROLES_MAKE_PASSWORDS": "make secrets makes them",
    "REDIS_URL": "the compose files know where Redis is",
    "REDIS_PASSWORD_FILE": "a secret of the compose files",
    "SPOOL_DIRECTORY": "a volume",
    "SPOOL_MAX_AGE_HOURS": "people's words are gone after 48 h",
    "SPOOL_SEGMENT_BYTES": "nothing is gained by another size",
    "MONITORING_ROLE": "each machine's compose file says which it is",
    "MONITORING_HAS_STANDBY": "each machine's compose file says it",
    "MONITORING_STALLED_SECONDS": "both machines have to agree on it",
    "MONITORING_GO_ON_SECONDS": "both machines have to agree on it",
    "MONITORING_TAKE_BACK_SECONDS": "both machines have to agree on it",
    "MONITORING_CHOOSER": "machine A chooses",
    "MONITORING_INSTANCE": "each machine's compose file names it",
    "MONITORING_CHAT_URL": "CHAT_URL",
    "MONITORING_PINNED_CHANNELS": "PINNED_CHANNELS, or make live CHANNELS=",
    "MONITORING_CHANNEL_LIST_FILE": "in the spool's volume",
    "MONITORING_IGNORED_CHATTERS": "the image has a list of well-known bots",
    "MONITORING_CHATTER_KEY_FILE": "a secret of the compose files",
    "MONITORING_BIND_ADDRESS": "inside of the container",
    "MONITORING_HEALTH_PORT": "inside of the container",
    "MONITORING_METRICS_PORT": "Prometheus asks this port",
    "DETECTOR_CONFIG": "the compose files mount configs/detector.toml",
    "DETECTOR_CHECKPOINT_DIRECTORY": "a volume",
    "DETECTOR_EMOTES": "a volume",
    "DETECTOR_BIND_ADDRESS": "configs/flink/config.yaml",
    "DETECTOR_REST_PORT": "configs/flink/config.yaml",
    "DETECTOR_METRICS_PORT": "configs/flink/config.yaml; Prometheus asks this port",
    "DETECTOR_HEAP_MB": "FLINK_TASKMANAGER_MEMORY",
    "DETECTOR_JVM_OPTIONS": "configs/flink/config.yaml",
    "DETECTOR_FLINK_JARS": "in the image",
    "DETECTOR_LOG_CONFIG": "configs/flink",
    "DETECTOR_WORK_DIRECTORY": "containers keep such files in /tmp",
    "RECORDER_INSTANCE": "one recorder",
    "RECORDER_BIND_ADDRESS": "inside of the container",
    "RECORDER_METRICS_PORT": "Prometheus asks this port",
    "RECORDER_MIGRATIONS_DIRECTORY": "in the image",
    "RECORDER_RIGHTS_FILE": "in the image",
    "RECORDER_MIGRATIONS_WAIT_SECONDS": "Postgres is healthy before the migrations run",
    "CLIPS_HIDDEN_WORDS": "the compose files mount configs/hidden_words.toml",
    "CLIPS_INSTANCE": "one clip-creator",
    "CLIPS_BIND_ADDRESS": "inside of the container",
    "CLIPS_METRICS_PORT": "Prometheus asks this port",
    "VIEWER_CLIPS_DIRECTORY": "a volume",
    "VIEWER_CLIPS_BIND_ADDRESS": "inside of the container",
    "VIEWER_CLIPS_METRICS_PORT": "Prometheus asks this port",
    "VIEWER_CLIPS_HEALTH_PORT": "inside of the container",
    "EMOTE_COUNTER_DIRECTORY": "a volume",
    "EMOTE_COUNTER_RESUME": "for one command: OPERATIONS.md, Emotes",
    "EMOTE_COUNTER_BIND_ADDRESS": "inside of the container",
    "EMOTE_COUNTER_METRICS_PORT": "Prometheus asks this port",
    "EMOTE_COUNTER_HEALTH_PORT": "inside of the container",
    "API_TRUST_PROXY": "the compose file has the proxy",
    "API_BIND_ADDRESS": "inside of the container",
    "API_PORT": "inside of the container",
    "API_METRICS_BIND_ADDRESS": "inside of the container",
    "API_METRICS_PORT": "Prometheus asks this port",
    "API_SITE_DOMAINS": "SITE_DOMAINS",
    "API_DEMO": "the demo alone",
    "API_TWITCH_EMOTES_URL": "the demo alone",
    "API_HIDDEN_WORDS": "the compose files mount configs/hidden_words.toml",
    "API_DISCORD_CLIENT_SECRET_FILE": "a secret of the compose files",
    "API_DISCORD_API_URL": "tests and the demo alone",
    "API_DISCORD_PAGE_URL": "tests and the demo alone",
    "API_DISCORD_RIGHTS_SECONDS": "Discord refuses to be asked much more often",
    "WATCHER_BEAT_URL_FILE": "a secret of the compose files",
    "WATCHER_SITE_URL": "API_PUBLIC_URL, else the proxy",
    "WATCHER_STANDBY_URL": "the compose files know where the standby is",
    "WATCHER_UPTIME_FILE": "in the watcher's volume",
    "WATCHER_WEBHOOK_URL_FILE": "a secret of the compose files",
    "WATCHER_WEBHOOK_KIND": "WEBHOOK_KIND",
    "WATCHER_STATE_FILE": "a volume",
    "WATCHER_BIND_ADDRESS": "inside of the container",
    "LOGS_STORE_URL": "the compose file knows where the store is",
    "LOGS_PROCESSING_URL": "the compose file knows where the sources are",
    "LOGS_RELIABLE_URL": "MACHINE_A",
    "LOGS_POLL_SECONDS": "nothing is gained by another pause",
    "LOGS_BIND_ADDRESS": "inside of the container",
    "LOGS_METRICS_PORT": "Prometheus asks this port",
    "WATCHER_METRICS_PORT": "inside of the container",
    "DISCORD_TOKEN_FILE": "a secret of the compose files",
    "DISCORD_API_URL": "tests and the demo alone",
    "DISCORD_GATEWAY_URL": "tests and the demo alone",
    "DISCORD_LEASE_SECONDS": "all instances have to agree on it",
    "DISCORD_ANSWER_SECONDS": "tests alone shorten it",
    "DISCORD_HIDDEN_WORDS": "the compose files mount configs/hidden_words.toml",
    "DISCORD_BIND_ADDRESS": "inside of the container",
    "DISCORD_METRICS_PORT": "Prometheus asks this port",
    "DISCORD_HEALTH_PORT": "inside of the container",
}
NOT_FOR_THE_FILE = {
    "STREAM_SCOUT_COMMIT": "whoever builds says it",
    "FLINK_RESUME": "for one command: DEPLOYMENT.md, The job by hand",
    "EMOTE_COUNTER_RESUME": "for one command: OPERATIONS.md, Emotes",
    "DISCORD_API_URL": "tests and the demo alone",
    "DISCORD_GATEWAY_URL": "tests and the demo alone",
    **{f"{name}_IMAGE": "where another registry serves" for name in (
        "ALERTMANAGER", "BLACKBOX_EXPORTER", "CADDY", "CLOUDFLARED", "GRAFANA", "HAPROXY", "KAFKA", "MAVEN",
        "NODE_EXPORTER", "POSTGRES", "POSTGRES_EXPORTER", "PROMETHEUS", "PYTHON", "REDIS", "VICTORIA_LOGS",
    )},
}  # fmt: skip
DOCKERS_OWN = {"COMPOSE_PROFILES"}
EXAMPLES = {  # an example in the place of a default that is empty, or that nobody wants
    "BIND_ADDR", "MACHINE_A", "MACHINE_B", "PINNED_CHANNELS", "TOP_CHANNELS", "SITE_DOMAINS", "TUNNEL_ID",
    "API_PUBLIC_URL", "MONITORING_GAMES", "MONITORING_LANGUAGES", "TWITCH_CLIENT_SECRET_FILE", "DETECTOR_THRESHOLD",
    "DETECTOR_REARM_SHARE", "API_SIGN_IN_RETURN_URL", "API_CONTACT", "DISCORD_SITE_URL",
    "API_DISCORD_CLIENT_ID", "API_DISCORD_RETURN_URL",
    "OPERATIONS_URL", "BACKUP_FOLDER", "BACKUP_REPOSITORY", "TLS_EMAIL", "TLS_ACME_URL",
}  # fmt: skip


def sections() -> dict[str, dict[str, tuple[str, str]]]:
    """Section -> name -> its value and meaning, as they are written."""
    found: dict[str, dict[str, tuple[str, str]]] = {}
    names: dict[str, tuple[str, str]] = {}
    for line in EXAMPLE.splitlines():
        if heading := re.fullmatch(r"# == (.+) ==", line):
            names = found.setdefault(heading[1], {})
        elif entry := ENTRY.match(line):
            assert entry[1] not in names, f"{entry[1]} stands there twice"
            names[entry[1]] = (entry[2].strip('"'), entry[3] or "")
    return found


def fields() -> dict[str, Any]:
    """Variable -> the field of the settings class that reads it."""
    known = {}
    for module in SETTINGS:
        for _, kind in inspect.getmembers(importlib.import_module(module), inspect.isclass):
            if issubclass(kind, BaseSettings) and kind is not BaseSettings:
                prefix = kind.model_config.get("env_prefix", "")
                known |= {f"{prefix}{name}".upper(): field for name, field in kind.model_fields.items()}
    return known


def replaced(file: str) -> dict[str, str]:
    """The file's variables and their defaults."""
    return dict(re.findall(r"\$\{(\w+):-([^}]*)\}", text(file)))


def passed_on(file: str) -> set[str]:
    """The settings that reach a container as .env has them."""
    services = yaml.safe_load(text(file))["services"].values()
    return {name for service in services for name, value in service.get("environment", {}).items() if value is None}


def default_of(name: str) -> str | None:
    """The value without .env; None where there is none."""
    for file in FILES.values():
        if name in replaced(file):
            return replaced(file)[name]
    value = fields()[name].default
    if value is None or value is PydanticUndefined:
        return None
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:g}" if isinstance(value, float) else str(value)


ENTRIES = [(section, name) for section, names in sections().items() for name in names]


def test_every_setting_is_there_or_fixed_for_a_reason() -> None:
    named = {name for _, name in ENTRIES}
    assert sorted(set(fields()) - named - set(FIXED)) == [], "neither in .env.example nor in FIXED"
    assert sorted(named & set(FIXED)) == [], "an operator may set it, or it is fixed"


def test_every_variable_of_the_compose_files_is_there() -> None:
    variables = set().union(*(set(replaced(file)) | passed_on(file) for file in FILES.values()))
    assert variables - {name for _, name in ENTRIES} == set(NOT_FOR_THE_FILE)


@pytest.mark.parametrize(("section", "name"), ENTRIES)
def test_each_name_has_an_effect_where_it_stands(section: str, name: str) -> None:
    if section == LIVE:
        assert name in fields()
        assert name.startswith(("TWITCH_", "MONITORING_", "CLIPS_"))
        return
    for machine, file in FILES.items():
        takes = name in replaced(file) or name in passed_on(file) or name in DOCKERS_OWN
        assert takes == (section in ("Both machines", machine)) or name in DOCKERS_OWN, f"{name}: {machine}"


@pytest.mark.parametrize(("section", "name"), [entry for entry in ENTRIES if entry[1] not in EXAMPLES | DOCKERS_OWN])
def test_defaults_are_the_true_ones(section: str, name: str) -> None:
    assert sections()[section][name][0] == (default_of(name) or ""), name


@pytest.mark.parametrize(("section", "name"), ENTRIES)
def test_meanings_are_those_of_the_settings(section: str, name: str) -> None:
    meaning = sections()[section][name][1]
    if f"\n{name}=" in EXAMPLE:
        return  # what has to be filled in is explained above it
    assert meaning, name
    if name in fields():
        assert meaning == fields()[name].description


def test_without_its_comment_marks_it_reads_as_it_looks() -> None:
    for names in sections().values():
        lines = [line.removeprefix("# ") for line in EXAMPLE.splitlines() if ENTRY.match(line)]
        read = dotenv_values(stream=StringIO("\n".join(lines)))
        for name, (value, _) in names.items():
            assert read[name] == value, name


@pytest.mark.parametrize("module", SETTINGS)
def test_its_values_are_accepted(module: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for names in sections().values():
        for name, (value, _) in names.items():
            monkeypatch.setenv(name, value)
    for name, value in {"KAFKA_BOOTSTRAP_SERVERS": "k:1", "POSTGRES_DSN": "x", "SPOOL_DIRECTORY": "/s"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("DETECTOR_CHECKPOINT_DIRECTORY", "/c")
    monkeypatch.setenv("ROLES_PASSWORD_DIRECTORY", "/p")
    (tmp_path / "token").write_text("a token")
    monkeypatch.setenv("DISCORD_TOKEN_FILE", str(tmp_path / "token"))
    for _, kind in inspect.getmembers(importlib.import_module(module), inspect.isclass):
        if issubclass(kind, BaseSettings) and kind is not BaseSettings:
            kind()
