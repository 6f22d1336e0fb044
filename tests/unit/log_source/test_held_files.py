"""The source holds each log file open: a rotation, a removed container and a limit of what is held."""

import os
from pathlib import Path

import pytest
from integration.support.docker_logs import DockerLog

from log_source.held_files import HeldFiles
from log_source.server import answer


def whole(files: HeldFiles, service: str) -> bytes:
    listed = [each for each in files.listing() if each["service"] == service]
    read = [files.read(str(each["id"]), str(each["file"]), 0, 1 << 20) for each in listed]
    return b"".join(each or b"" for each in read)


def test_a_rotation_is_the_same_file_under_another_name(tmp_path: Path) -> None:
    log, files = DockerLog(tmp_path, "kafka"), HeldFiles(str(tmp_path))
    log.write("one")
    files.scan()
    before = files.listing()
    log.rotate()
    log.write("two")
    files.scan()
    assert [each["file"] for each in files.listing()][:1] == [each["file"] for each in before]
    assert [each["current"] for each in files.listing()] == [False, True]
    assert whole(files, "kafka").count(b"\n") == 2


def test_a_removed_container_is_held_until_it_is_done(tmp_path: Path) -> None:
    log, files = DockerLog(tmp_path, "migrate"), HeldFiles(str(tmp_path))
    log.write("the last words")
    files.scan()
    log.remove()
    files.scan()
    (listed,) = files.listing()
    assert listed["deleted"]
    assert b"the last words" in whole(files, "migrate")
    assert files.done(str(listed["id"]), str(listed["file"]))
    files.scan()
    assert files.listing() == []


def test_what_is_held_has_a_limit_and_the_oldest_goes_first(tmp_path: Path) -> None:
    files = HeldFiles(str(tmp_path), most_deleted=300)
    for number in range(5):
        log = DockerLog(tmp_path, "deploy", number)
        log.write(f"website {number}")
        files.scan()
        log.remove()
    files.scan()
    held = whole(files, "deploy")
    assert len(held) <= 300
    assert b"website 4" in held


def test_a_file_that_was_emptied_by_hand_is_a_new_one(tmp_path: Path) -> None:
    log, files = DockerLog(tmp_path, "kafka"), HeldFiles(str(tmp_path))
    log.write("before, and long")
    files.scan()
    (before,) = files.listing()
    os.truncate(log.path, 0)
    files.scan()
    assert files.listing() == []
    log.write("after")
    files.scan()
    (after,) = files.listing()
    assert after["file"] != before["file"]
    assert b"after" in whole(files, "kafka")


def test_an_incomplete_first_record_waits(tmp_path: Path) -> None:
    log, files = DockerLog(tmp_path, "kafka"), HeldFiles(str(tmp_path))
    log.write_bytes(b'{"log":"x\\n","stream":"stdout","time":"2026')
    files.scan()
    assert files.listing() == []
    log.write_bytes(b'-11-30T14:00:00Z"}\n')
    files.scan()
    assert [each["file"] for each in files.listing()] == ["2026-11-30T14:00:00Z"]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/live", 200),
        ("/files", 200),
        ("/", 404),
        ("/read", 400),
        ("/read?container=../../etc&file=passwd&offset=0", 404),
        ("/read?container=x&file=y&offset=no", 400),
        ("/../config.v2.json", 404),
    ],
)
def test_only_log_files_are_given(tmp_path: Path, path: str, status: int) -> None:
    log, files = DockerLog(tmp_path, "kafka"), HeldFiles(str(tmp_path))
    log.write("x")
    files.scan()
    found = answer(files, path)
    assert found[0] == status
    assert b"SECRET_TOKEN" not in found[2]
