"""Syncs are counted for the right part, whoever counts them."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from benchmarks._syncs import LATER, FlushCounter, ShimCounter, SlowDisk, by_part, flushes, perf_count

DISKSTATS = (
    "   7       0 loop0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0\n"
    " 254       0 vda 513636 34975 23569066 566027 8558821 394813 94670112 1501120 0 869292 2572580 256241 253 33518608"
    " 49310 5569135 456121\n"
    "   8       0 sda 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15\n"
)
SYNC_TWICE = "import os, sys; f = open(sys.argv[1], 'w'); os.fsync(f.fileno()); os.fdatasync(f.fileno())"
SHIM = """
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
static void note(void) {
    FILE *log = fopen(getenv("SLOW_SYNC_LOG"), "a");
    fprintf(log, "%d\\n", getpid());
    fclose(log);
    usleep(1000 * atoi(getenv("SLOW_SYNC_MS")));
}
int fsync(int fd) { note(); return ((int (*)(int))dlsym(RTLD_NEXT, "fsync"))(fd); }
int fdatasync(int fd) { note(); return ((int (*)(int))dlsym(RTLD_NEXT, "fdatasync"))(fd); }
"""


def test_lines_are_counted_for_each_part() -> None:
    lines = [b"12", b"13", b"12", b"99", b""]
    assert by_part(lines, {"kafka": [12], "job": [13, 14], "site": []}) == {"kafka": 2, "job": 1, "site": 0, LATER: 1}


def test_perf_counts_are_summed() -> None:
    text = "7,,syscalls:sys_enter_fsync,632,100.00,,\n20,,syscalls:sys_enter_fdatasync,632,100.00,,\n"
    assert perf_count(text + "<not counted>,,syscalls:sys_enter_msync,0,100.00,,\n") == 27


def test_a_perf_that_did_not_count_is_an_error() -> None:
    with pytest.raises(RuntimeError, match="perf did not count: Access"):
        perf_count("Access to performance monitoring is limited.")


def test_flushes_are_those_of_the_disk() -> None:
    assert flushes(DISKSTATS, os.makedev(254, 0)) == 5569135
    assert flushes(DISKSTATS, os.makedev(8, 0)) is None  # a kernel before 5.5
    assert flushes(DISKSTATS, os.makedev(0, 47)) is None  # no disk: a tmpfs or an overlay


def test_the_shim_is_built_and_its_syncs_are_counted(tmp_path: Path) -> None:
    if shutil.which("cc") is None:
        pytest.skip("no C compiler")
    source = tmp_path / "slow_sync.c"
    source.write_text(SHIM)
    disk = SlowDisk(tmp_path, 1, str(tmp_path))
    counter = ShimCounter(disk)
    for expected in ({"part": 0, LATER: 2}, {"part": 0, LATER: 2}):  # only those since the start
        counter.start({"part": [os.getpid()]})
        command = [sys.executable, "-c", SYNC_TWICE, str(tmp_path / "file")]
        subprocess.run(command, env={**os.environ, **disk.environment}, check=True)
        assert counter.stop() == expected


def test_flushes_since_the_start_are_counted() -> None:
    texts = iter([DISKSTATS, DISKSTATS.replace("5569135", "5569235")])
    counter = FlushCounter(os.makedev(254, 0), lambda: next(texts))
    counter.start({})
    assert list(counter.stop().values()) == [100]
