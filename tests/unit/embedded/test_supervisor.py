"""supervisord accepts the configuration, and it restarts every program that exits."""

import json
from pathlib import Path

import pytest
from supervisor.options import ClientOptions, ServerOptions

from embedded.addresses import Ports
from embedded.problems import SetupError
from embedded.programs import Program, Stage, table
from embedded.site_address import SiteAddress
from embedded.supervisor import MAX_SOCKET_PATH, config, plan, socket_file
from embedded.twitch import SIMULATED, Twitch


@pytest.fixture
def programs(tmp_path: Path) -> list[Program]:
    return table(tmp_path, Ports(), SiteAddress(), SIMULATED, {"channels": 3})


def parsed(directory: Path, programs: list[Program]) -> ServerOptions:
    for folder in ("logs", "run"):
        (directory / folder).mkdir(parents=True)
    file = directory / "run" / "supervisord.conf"
    file.write_text(config(directory, programs))
    options = ServerOptions()
    options.realize(["-c", str(file)])
    return options


@pytest.mark.parametrize("folder", ["plain", "with space"])
def test_supervisord_accepts_the_configuration(tmp_path: Path, programs: list[Program], folder: str) -> None:
    options = parsed(tmp_path / folder, programs)
    read = {group.name: group.process_configs[0] for group in options.process_group_configs}
    assert set(read) == {program.name for program in programs}
    for program in programs:
        process = read[program.name]
        assert process.autorestart is not False
        assert process.killasgroup
        assert process.stopasgroup == program.stop_as_group
        assert process.stdout_logfile == str(tmp_path / folder / "logs" / f"{program.name}.log")
        assert process.stdout_logfile_maxbytes == 5 * 1024**2
        assert process.stdout_logfile_backups == 3
        assert str(tmp_path / folder / "run" / "programs.json") in process.command


@pytest.mark.parametrize("folder", ["plain", "with space", "x" * 150])
def test_supervisorctl_finds_the_running_system(tmp_path: Path, programs: list[Program], folder: str) -> None:
    parsed(tmp_path / folder, programs)
    client = ClientOptions()
    client.realize(["-c", str(tmp_path / folder / "run" / "supervisord.conf"), "status"])
    assert client.serverurl == f"unix://{socket_file(tmp_path / folder)}"


def test_a_folder_with_a_percent_sign_is_refused(tmp_path: Path, programs: list[Program]) -> None:
    with pytest.raises(SetupError, match="must not contain %"):
        config(tmp_path / "100%", programs)


def test_the_plan_holds_each_command_and_environment(programs: list[Program]) -> None:
    written = json.loads(plan(programs))
    assert written["recorder"]["command"][-2:] == ["-m", "recorder"]
    assert written["recorder"]["environment"]["KAFKA_BOOTSTRAP_SERVERS"] == "127.0.0.1:9092"
    assert written["twitch_simulator"]["environment"]["SIMULATOR_CHANNELS"] == "3"


def test_servers_come_first_and_services_last(programs: list[Program]) -> None:
    stages = {program.name: program.stage for program in programs}
    assert stages["kafka"] is stages["postgres"] is stages["redis"] is Stage.SERVERS
    assert stages["topic_setup"] is stages["migrate"] is Stage.PREPARATION
    assert stages["clip_detector"] is stages["api_frontend"] is Stage.SERVICES


def test_live_differs_from_the_demo_in_addresses_and_clips_only(tmp_path: Path, programs: list[Program]) -> None:
    live = table(
        tmp_path, Ports(), SiteAddress(), Twitch(simulated=False, settings={"MONITORING_PINNED_CHANNELS": "a"}), {}
    )
    assert {each.name for each in programs} - {each.name for each in live} == {"twitch_simulator"}
    commands = {each.name: each.command for each in live}
    demo = {each.name: each.command for each in programs if each.name in commands}
    assert demo.pop("api_frontend")[1:] == ["-m", "embedded.demo_site", Ports().url("simulator_http")]  # with clips
    assert commands.pop("api_frontend")[1:] == ["-m", "api_frontend"]
    assert demo == commands


def test_the_socket_path_is_never_too_long(tmp_path: Path) -> None:
    assert socket_file(tmp_path).parent == tmp_path / "run" or len(str(tmp_path)) > 70
    long = tmp_path / ("x" * 150)
    assert len(str(socket_file(long)).encode()) <= MAX_SOCKET_PATH
    assert socket_file(long) != socket_file(long / "other")
