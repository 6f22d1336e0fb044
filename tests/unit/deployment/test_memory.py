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
DEPLOY_MB = 1050  # machine A, while two websites run; with 1 GB of swap
PROXY_ITSELF_MB = 5  # measured: 4.8 with nobody there
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


IN_THE_PLACE_OF = {"caddy": "cloudflared"}  # profiles of which a machine has one


def limits(file: str) -> dict[str, int]:
    services = rendered(file)["services"].items()
    left_out = ONE_SHOT | set(IN_THE_PLACE_OF)
    return {name: megabytes(service["mem_limit"]) for name, service in services if name not in left_out}


def test_what_takes_anothers_place_takes_no_more_than_it() -> None:
    services = rendered(FILES[0])["services"]
    for name, other in IN_THE_PLACE_OF.items():
        assert services[name]["profiles"] != services[other]["profiles"]
        assert megabytes(services[name]["mem_limit"]) <= megabytes(services[other]["mem_limit"])


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
    assert len(named) == 8
    assert {name: rows[name] for name in named} == named


ALONE_MB = 96


def table() -> dict[str, list[str]]:
    """The rows of architecture.md's table: container -> what it has on A and on B."""
    section = text("docs/architecture.md").partition("\n## Memory\n")[2].partition("\n## ")[0].replace("*", "")
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in section.splitlines() if line[:1] == "|"]
    return {name: [size.replace(",", "") for size in sizes] for name, *sizes in rows[2:]}


def test_the_one_table_names_every_limit_and_the_sums() -> None:
    on_a, on_b = (limits(file) for file in FILES)
    expected = {name: [str(on_a.get(name, "")), str(on_b.get(name, ""))] for name in (*on_a, *on_b)}
    website = on_a["api-frontend"]
    expected["sum"] = [str(sum(on_a.values())), str(sum(on_b.values()))]
    expected["a second website, during a deploy"] = [str(website), ""]
    expected["backup, alone"] = [str(ALONE_MB)] * 2
    expected["sum then"] = [str(sum(on_a.values()) + website), ""]
    assert table() == expected


def test_two_websites_fit_for_the_minute_of_a_deploy() -> None:
    on_a = limits(FILES[0])
    assert sum(on_a.values()) + on_a["api-frontend"] <= DEPLOY_MB


def test_the_proxys_connections_fit_its_container() -> None:
    """An open page takes 2 kB (measured: 15.7 MB with 2,000 of them), and what is on its way takes a buffer."""
    written = text("configs/haproxy/haproxy.cfg")
    most, size, buffers = (
        int(re.findall(rf"^    {name} (\d+)$", written, re.MULTILINE)[0])
        for name in ("maxconn", "tune.bufsize", "tune.buffers.limit")
    )
    assert PROXY_ITSELF_MB + (most * 2000 + buffers * size) / 1e6 <= limits(FILES[0])["proxy"] * 1.048


def test_a_backup_has_what_it_takes_alone() -> None:
    for file in FILES:
        assert megabytes(rendered(file)["services"]["backup"]["mem_limit"]) == ALONE_MB


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
