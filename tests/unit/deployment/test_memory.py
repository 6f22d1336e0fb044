"""The memory limits of the containers: their sum fits the machine, and what runs in each fits the container."""

import importlib.util
import re
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from .manual import REPOSITORY, text
from .test_compose_files import FILES, ONE_SHOT, megabytes, rendered

SUM_MB = {"docker-compose.reliable.yml": 900, "docker-compose.processing.yml": 3584}
PREFLIGHT = {"docker-compose.reliable.yml": "reliable", "docker-compose.processing.yml": "processing"}
# What a container needs beside the memory that its JVM is told.
BESIDES_MB = {
    "flink-jobmanager": 140,  # measured: the Python that submits the job 109, the notes of checkpoints 23
    "flink-taskmanager": 190,  # measured: the metrics' server 13; reckoned: Python in the JVM
    "kafka": 280,  # measured: 390 with a heap of 256; a tool of Kafka beside it takes 110
}
TOLD_BY = {
    "flink-jobmanager": "FLINK_JOBMANAGER_MEMORY",
    "flink-taskmanager": "FLINK_TASKMANAGER_MEMORY",
    "kafka": "KAFKA_HEAP",
}
FLINK = Path(str(importlib.util.find_spec("pyflink").submodule_search_locations[0]))  # type: ignore[union-attr,index]
LEAST_HEAP_MB = {"taskmanager": 320, "jobmanager": 160}


def limits(file: str) -> dict[str, int]:
    services = rendered(file)["services"].items()
    return {name: megabytes(service["mem_limit"]) for name, service in services if name not in ONE_SHOT}


def told(name: str) -> int:
    """The memory that a container's JVM is told, MB."""
    service: dict[str, Any] = rendered(FILES[1])["services"][name]
    return megabytes(service["environment"][TOLD_BY[name]])


@pytest.mark.parametrize("file", FILES)
def test_the_limits_fit_the_machine(file: str) -> None:
    assert sum(limits(file).values()) <= SUM_MB[file], limits(file)


@pytest.mark.parametrize("file", FILES)
def test_preflight_asks_for_the_sum_of_the_limits(file: str) -> None:
    (asked,) = re.findall(rf"^  {PREFLIGHT[file]}\) memory=(\d+)", text("infrastructure/preflight.sh"), re.MULTILINE)
    assert sum(limits(file).values()) <= int(asked)


@pytest.mark.parametrize("name", TOLD_BY)
def test_a_jvm_fits_its_container(name: str) -> None:
    assert told(name) + BESIDES_MB[name] <= limits(FILES[1])[name]


@pytest.mark.parametrize("file", FILES)
def test_a_go_program_collects_before_its_limit(file: str) -> None:
    for name, service in rendered(file)["services"].items():
        if goal := service.get("environment", {}).get("GOMEMLIMIT"):
            assert int(goal.removesuffix("MiB")) <= 0.8 * megabytes(service["mem_limit"]), name


@pytest.mark.parametrize("name", TOLD_BY)
def test_the_example_names_the_same_sizes(name: str) -> None:
    (line,) = re.findall(rf"^# {TOLD_BY[name]}=.*$", text(".env.example"), re.MULTILINE)
    assert line.startswith(f"# {TOLD_BY[name]}={told(name)}m ")
    assert line.endswith(f"its container has {limits(FILES[1])[name]}m")


def test_the_document_names_the_same_limits() -> None:
    document = text("docs/scale.md").replace(",", "")
    of_b = limits(FILES[1])
    assert f"containers add up to {sum(of_b.values())} MB" in document
    rows = {
        cells[0].strip(): cells[1].strip()
        for cells in (row.split("|")[1:] for row in document.splitlines())
        if len(cells) > 2
    }
    named = {name: f"{size}" for name, size in of_b.items() if name in rows}
    assert len(named) == 7
    assert {name: rows[name] for name in named} == named


ALONE_MB = 96


def memory_table() -> dict[str, dict[str, int]]:
    """The table of docs/architecture.md: machine to container to MB."""
    (table,) = re.findall(
        r"^\| A \| MB \| B \| MB \|\n\|[-|: ]+\n((?:\|.*\n)+)", text("docs/architecture.md"), re.MULTILINE
    )
    found: dict[str, dict[str, int]] = {"A": {}, "B": {}}
    for row in table.splitlines():
        cells = [cell.strip() for cell in row.strip("|").split("|")]
        for machine, names, sizes in (("A", *cells[:2]), ("B", *cells[2:])):
            words = [re.sub(r", (if on|alone)$", "", names)] if ", " not in sizes else names.split(", ")
            found[machine] |= {name: int(size) for name, size in zip(words, sizes.split(", "), strict=True) if name}
    return found


@pytest.mark.parametrize(("machine", "file"), list(zip("AB", FILES, strict=True)))
def test_the_table_names_each_container_and_its_limit(machine: str, file: str) -> None:
    alone = megabytes(rendered(file)["services"]["backup"]["mem_limit"])
    assert memory_table()[machine] == {**limits(file), "sum": sum(limits(file).values()), "backup": alone}
    assert alone == ALONE_MB


def test_restic_collects_before_its_limit() -> None:
    for file in FILES:
        goal = rendered(file)["services"]["backup"]["environment"]["GOMEMLIMIT"]
        assert int(goal.removesuffix("MiB")) <= 0.7 * ALONE_MB


def test_flink_starts_alike_without_compose() -> None:
    started = dict(re.findall(r"\$\{(FLINK_\w+_MEMORY):-(\w+)\}", text("infrastructure/images/flink-start.sh")))
    assert started == {TOLD_BY[name]: f"{told(name)}m" for name in TOLD_BY if name.startswith("flink-")}


@cache
def jvm_options(part: str) -> dict[str, float]:
    """What Flink makes of the size that it is told: its JVM's options, MB. It refuses sizes that do not add up."""
    command = {"taskmanager": "GET_TM_RESOURCE_PARAMS", "jobmanager": "GET_JM_RESOURCE_PARAMS"}[part]
    tool = ["java", "-cp", f"{FLINK}/lib/*:{FLINK}/bin/bash-java-utils.jar"]
    tool += ["org.apache.flink.runtime.util.bash.BashJavaUtils", command, "--configDir"]
    tool += [str(REPOSITORY / "configs" / "flink"), "-D", f"{part}.memory.process.size={told(f'flink-{part}')}m"]
    done = subprocess.run(tool, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    (line,) = re.findall(r"BASH_JAVA_UTILS_EXEC_RESULT:(-Xmx.*)", done.stdout)
    return {name: int(size) / 2**20 for name, size in re.findall(r"-(Xmx|XX:Max\w+Size=)(\d+)", line)}


@pytest.mark.parametrize("part", LEAST_HEAP_MB)
def test_flinks_parts_fit_the_size_that_it_is_told(part: str) -> None:
    options = jvm_options(part)
    assert options["Xmx"] >= LEAST_HEAP_MB[part]
    assert sum(options.values()) < told(f"flink-{part}")
