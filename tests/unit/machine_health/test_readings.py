"""What tools/machine_health makes of real outputs (fixtures/README.md says whose)."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from machine_health.card_errors import host_errors
from machine_health.kernel_log import Counts, count
from machine_health.mounts import read_only
from machine_health.throttled import BITS, SINCE_BOOT, decode

FIXTURES = Path(__file__).parent / "fixtures"
CARD = {"mmcblk0"}
FSTAB = """proc /proc proc defaults 0 0
PARTUUID=4a5a1b2c-01  /boot/firmware  vfat  defaults          0  2
PARTUUID=4a5a1b2c-02  /               ext4  defaults,noatime  0  1
# a comment of five words here
/dev/sda1 /usr ext4 ro,noatime 0 1
/dev/sdb1 /mnt ext4 noauto 0 0
"""


def records(name: str, begin: int = 0, facility: int = 0) -> list[str]:
    """A log as /dev/kmsg has it."""
    lines = (FIXTURES / name).read_text().splitlines()
    head = f"{facility << 3 | 4}"
    return [f"{head},{begin + place},{place * 1000},-;{line}\n SUBSYSTEM=mmc\n" for place, line in enumerate(lines)]


@pytest.mark.parametrize(
    ("answer", "on"),
    [
        ("throttled=0x0", set()),
        ("throttled=0x50000", {("under_voltage", "since_boot"), ("throttled", "since_boot")}),
        (
            "throttled=0x50005\n",
            {(reason, when) for reason in ("under_voltage", "throttled") for when in ("now", "since_boot")},
        ),
        ("throttled=0xe0008", {("soft_temperature_limit", "now"), ("frequency_capped", "since_boot"),
                               ("throttled", "since_boot"), ("soft_temperature_limit", "since_boot")}),
        ("50005", {(reason, when) for reason in ("under_voltage", "throttled") for when in ("now", "since_boot")}),
    ],
)  # fmt: skip
def test_the_firmwares_answer_is_decoded(answer: str, on: set[tuple[str, str]]) -> None:
    assert {each for each, is_on in decode(answer).items() if is_on} == on


def test_the_fixtures_answers_are_decoded() -> None:
    for line in (FIXTURES / "vcgencmd.txt").read_text().splitlines():
        assert len(decode(line)) == 2 * len(BITS)


@given(st.integers(0, 2**32 - 1))
def test_every_bit_is_its_own(word: int) -> None:
    for bit, reason in BITS.items():
        found = decode(f"throttled={word:#x}")
        assert found[reason, "now"] == bool(word & 1 << bit)
        assert found[reason, "since_boot"] == bool(word & 1 << (bit + SINCE_BOOT))


@given(st.text(alphabet="xyz =\n!", max_size=12))
def test_what_is_no_answer_says_nothing(text: str) -> None:
    assert decode(text) == {}


@pytest.mark.parametrize(
    ("log", "errors", "drops"),
    [
        ("boot.log", 0, 0),
        ("under_voltage.log", 0, 2),
        ("under_voltage_old.log", 0, 2),
        ("under_voltage_pi5.log", 0, 1),
        ("card_removed.log", 5, 0),
        ("card_old_kernel.log", 5, 0),
        ("card_timeout.log", 1, 0),
    ],
)
def test_a_kernels_log_is_counted(log: str, errors: int, drops: int) -> None:
    found = count(Counts(), records(log), CARD)
    assert found.storage.get("mmcblk0", 0) == errors
    assert found.under_voltage == drops


def test_errors_of_a_disk_that_is_not_there_are_left_out() -> None:
    assert count(Counts(), records("card_journal.log"), CARD).storage == {}
    assert count(Counts(), records("card_journal.log"), {"mmcblk1"}).storage == {"mmcblk1": 3}
    assert count(Counts(), records("card_timeout.log"), {"sda"}).storage == {}, "a slot without a card complains too"
    stick = ["4,1,1,-;blk_update_request: I/O error, dev sdc, sector 0", "4,2,2,-;I/O error, dev sr0, sector 8"]
    assert count(Counts(), stick, {"sda"}).storage == {}


@pytest.mark.parametrize(
    ("line", "disk"),
    [
        ("blk_update_request: I/O error, dev nvme0n1p2, sector 5", "nvme0n1"),
        ("critical medium error, dev sda, sector 5", "sda"),
        ("Buffer I/O error on dev sda12, logical block 0", "sda"),
        ("BTRFS error (device sda1): bdev /dev/sda1 errs: wr 1", "sda"),
    ],
)
def test_a_partitions_error_is_its_disks(line: str, disk: str) -> None:
    assert count(Counts(), [f"3,9,9,-;{line}\n"], {disk}).storage == {disk: 1}


def test_a_program_cannot_write_errors_of_a_disk() -> None:
    assert count(Counts(), records("card_removed.log", facility=1), CARD).storage == {}


@given(st.integers(0, 9))
def test_no_record_is_counted_twice(seen: int) -> None:
    log = records("card_removed.log") + records("under_voltage.log", 9)
    once = count(Counts(), log, CARD)
    assert count(count(Counts(), log[:seen], CARD), log, CARD) == once
    assert count(once, log, CARD) == once


@pytest.mark.parametrize("record", ["", "nonsense", "4;x", "4,x,1,-;I/O error, dev mmcblk0, sector 1", " A=b"])
def test_a_record_of_another_form_is_passed_over(record: str) -> None:
    assert count(Counts(), [record], CARD) == Counts()


def test_a_cards_host_counts_data_and_not_what_every_start_has() -> None:
    stats = (FIXTURES / "err_stats").read_text()
    assert host_errors(stats) == 0
    assert host_errors(stats.replace("Command Timeout Occurred:\t 0", "Command Timeout Occurred:\t 8")) == 0
    broken = stats.replace("Data CRC Errors Occurred:\t 0", "Data CRC Errors Occurred:\t 3")
    assert host_errors(broken.replace("Request Timedout:\t 0", "Request Timedout:\t 2", 1)) == 5


def test_a_mount_that_became_read_only_is_found() -> None:
    mounts = "/dev/mmcblk0p2 / ext4 {} 0 0\n/dev/mmcblk0p1 /boot/firmware vfat rw 0 0\n/dev/sda1 /usr ext4 ro 0 0\n"
    well = mounts.format("rw,noatime,errors=remount-ro")
    assert read_only(FSTAB, well) == {"/": False, "/boot/firmware": False}
    assert read_only(FSTAB, mounts.format("ro,noatime")) == {"/": True, "/boot/firmware": False}
    assert read_only("", well) == {}
