"""How long a card lasts: reckoned from what was measured, and the document says the same."""

import pytest
from benchmarks._card_life import DISKS, Load, loads, main, table, years
from hypothesis import given
from hypothesis import strategies as st

from embedded.paths import REPOSITORY

LOADS = st.builds(Load, st.floats(0.1, 500), st.floats(0, 200))


def test_the_document_has_the_table_of_the_committed_results() -> None:
    assert table(DISKS, loads()) in (REPOSITORY / "docs/raspberry_pi.md").read_text()


def test_both_machines_were_measured() -> None:
    assert all(load.gb_per_day > 1 and load.syncs_per_second > 1 for load in loads().values())


def test_a_year_of_one_gb_a_day() -> None:
    load = Load(1.0, 1.0)
    assert load.least_tb_per_year() == pytest.approx(0.36525)
    assert load.most_tb_per_year() - load.least_tb_per_year() == pytest.approx(86_400 * 16_384 * 365.25 / 1e12)
    assert years(1.0, Load(10.0, 0.0)) == "0.3 to 0.3"


@given(LOADS)
def test_syncs_never_make_a_disk_last_longer(load: Load) -> None:
    assert load.most_tb_per_year() >= load.least_tb_per_year() > 0


def test_a_disk_of_ones_own_is_reckoned(capsys) -> None:
    assert main(["300"]) == 0
    assert "a disk of 300 TB" in capsys.readouterr().out
