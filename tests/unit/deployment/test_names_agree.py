"""Names that two files have to agree on: variables with settings, queries with metrics, images with their context."""

import importlib
import inspect
import json
import re
from pathlib import Path

import pytest
import yaml
from pydantic_settings import BaseSettings

from contracts import metrics

REPOSITORY = Path(__file__).resolve().parents[3]
FILES = ("docker-compose.reliable.yml", "docker-compose.processing.yml")
SETTINGS = [
    "service_runtime.settings",
    "service_runtime.role_setup",
    "twitch_access.settings",
    "stream_monitoring.settings",
    "clip_detector.settings",
    "recorder.settings",
    "clip_creator.settings",
    "api_frontend.settings",
    "watcher.settings",
    "emote_counter.settings",
    "viewer_clips.settings",
    "discord_bot.settings",
    "log_collector.settings",
]
DOCKERFILES = sorted((REPOSITORY / "infrastructure" / "images").glob("*.Dockerfile"))
FLINK_START = {"FLINK_RESUME", "FLINK_JOBMANAGER", "FLINK_JOBMANAGER_MEMORY", "FLINK_TASKMANAGER_MEMORY"}
OTHERS_METRICS = re.compile(
    r"^(up|ALERTS|process_start_time_seconds|(node|probe|pg|cloudflared|flink|alertmanager|vl)_\w+)$",
)
LOG_SOURCE = {"LOG_SOURCE_FOLDER", "LOG_SOURCE_BIND_ADDRESS", "LOG_SOURCE_PORT"}  # services/log_source/main.py
VAULT = {"BACKUP_REPOSITORY", "VAULT_MACHINE", "WEBHOOK_KIND", "GOMEMLIMIT"}  # infrastructure/images/vault.py, and Go
WORDS = (
    r"sum|max|min|count|rate|increase|by|on|and|or|unless|vector|time|(max|min|avg|sum)_over_time"
    r"|histogram_quantile|changes|topk|sort_desc|avg|abs|clamp_min|predict_linear|offset|bool|\d+[smhd]"  # PromQL's own
)


def known_variables() -> set[str]:
    """Every variable that some settings class reads."""
    names = set()
    for module in SETTINGS:
        for _, kind in inspect.getmembers(importlib.import_module(module), inspect.isclass):
            if issubclass(kind, BaseSettings) and kind is not BaseSettings:
                prefix = kind.model_config.get("env_prefix", "")
                names |= {f"{prefix}{field}".upper() for field in kind.model_fields}
    return names


@pytest.mark.parametrize("file", FILES)
def test_each_variable_is_read_by_a_service(file: str) -> None:
    known = known_variables() | FLINK_START | VAULT | LOG_SOURCE
    for name, service in yaml.safe_load((REPOSITORY / file).read_text())["services"].items():
        if service["image"].startswith("stream-scout/"):
            unknown = set(service.get("environment", {})) - known
            assert not unknown, f"{name}: {unknown}"


def queried(expression: str) -> set[str]:
    """The metric names in a PromQL expression."""
    bare = re.sub(r"\{[^}]*\}|\[[^\]]*\]|\b(?:by|on)\s*\([^)]*\)|\"[^\"]*\"", " ", expression)
    return {word for word in re.findall(r"(?<![\w.])[a-zA-Z_]\w*", bare) if not re.fullmatch(WORDS, word)}


def expressions() -> list[str]:
    files = sorted((REPOSITORY / "configs/prometheus").glob("*rules.yml"))
    groups = [group for file in files for group in yaml.safe_load(file.read_text())["groups"]]
    boards = [json.loads(path.read_text()) for path in (REPOSITORY / "configs/grafana/dashboards").glob("*.json")]
    return [rule["expr"] for group in groups for rule in group["rules"]] + [
        target["expr"]
        for board in boards
        for panel in board["panels"]
        if panel["type"] != "logs"
        for target in panel["targets"]
    ]


@pytest.mark.parametrize("expression", expressions())
def test_each_query_asks_for_metrics_that_exist(expression: str) -> None:
    known = {metric.name for metric in metrics.ALL}
    for name in queried(expression):
        assert OTHERS_METRICS.match(name) or re.sub(r"_(bucket|sum|count)$", "", name) in known, name


DOCKERFILES = sorted((REPOSITORY / "infrastructure/images").glob("*.Dockerfile"))


@pytest.mark.parametrize("dockerfile", DOCKERFILES, ids=lambda p: p.name)
def test_dockerfiles_build_with_the_classic_builder(dockerfile: Path) -> None:
    written = dockerfile.read_text()
    assert not re.search(r"--mount|--chmod|<<EOF|--link|# syntax", written)
    assert ("--require-hashes" in written) == ("pip install" in written)
    for base in re.findall(r"^FROM (\S+)", written, re.MULTILINE):
        assert base.startswith("${"), f"{base}: base images are arguments, so that they can be replaced"


def copied(dockerfile: Path) -> list[str]:
    """Return what an image takes from the repository."""
    lines = dockerfile.read_text().replace("\\\n", " ").splitlines()
    copies = [line.split()[1:-1] for line in lines if line.startswith("COPY ") and "--from" not in line]
    return [source.replace("${SERVICE}", "recorder") for sources in copies for source in sources]


@pytest.mark.parametrize("dockerfile", DOCKERFILES, ids=lambda p: p.name)
def test_what_an_image_copies_is_sent_to_the_builder(dockerfile: Path) -> None:
    """.dockerignore keeps everything out but what it names, so a new folder has to be named there."""
    let_in = [line[1:] for line in (REPOSITORY / ".dockerignore").read_text().splitlines() if line.startswith("!")]
    for source in copied(dockerfile):
        assert (REPOSITORY / source).exists(), source
        assert any(Path(source).is_relative_to(each) for each in let_in), f"{source} is not in .dockerignore"


def test_secrets_and_data_stay_out_of_images() -> None:
    lines = (REPOSITORY / ".dockerignore").read_text().splitlines()
    assert "*" in lines
    assert not [line for line in lines if line.startswith("!") and re.search(r"secret|\.env|tests|data", line)]


MAKEFILES = [REPOSITORY / "Makefile", *sorted((REPOSITORY / "infrastructure").glob("*.mk"))]


@pytest.mark.parametrize("makefile", MAKEFILES, ids=lambda path: path.name)
def test_each_test_that_make_runs_is_there(makefile: Path) -> None:
    named = re.findall(r"(?<![\w/])tests/[\w./]+\b(?![*%_])", makefile.read_text())
    assert not [name for name in named if not (REPOSITORY / name).exists()]
