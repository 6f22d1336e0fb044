"""The file of the detector's numbers: it has the program's defaults, and all wrong numbers are reported together."""

import re
from pathlib import Path

import pytest

from moment_detection.detection.rules import ConfigurationError, Numbers, Rules, read_configuration
from moment_detection.settings import RuleSettings
from service_runtime.settings import load_all

REPOSITORY = Path(__file__).resolve().parents[3]
SHIPPED = REPOSITORY / "configs" / "detector.toml"
TABLES = """
[detector]
threshold = 5
[channels.123]
threshold = 6
moments_per_hour = 2.5
[shadows.lower]
threshold = 3
"""
WRONG = """
[detector]
threshold = 0
rearm_share = "half"
treshold = 4
[channels.somebody]
[channels.123]
clips_per_hour = nan
[shadows.crowd]
"""


def written(directory: Path, text: str) -> Path:
    path = directory / "detector.toml"
    path.write_text(text)
    return path


def test_the_file_documents_every_number_with_its_default() -> None:
    assert read_configuration(SHIPPED).of("1") == [Rules()]
    text = SHIPPED.read_text()
    for name in Numbers.model_fields:
        assert re.search(rf"^# .+\n{name} = ", text, re.MULTILINE), f"{name} without a comment above it"


def test_the_commented_out_examples_are_valid(tmp_path: Path) -> None:
    text = re.sub(r"^# (\[|\w+ = )", r"\1", SHIPPED.read_text(), flags=re.MULTILINE)
    rules, shadow = read_configuration(written(tmp_path, text)).of("12345678")
    assert (rules.moments_per_hour, shadow.threshold, shadow.moments_per_hour) == (4, 3, 4)


def test_channel_numbers_override_defaults_and_shadows_both(tmp_path: Path) -> None:
    book = read_configuration(written(tmp_path, TABLES))
    assert book.of("7") == [Rules(5), Rules(3, name="lower", shadow=True)]
    assert book.of("123") == [
        Rules(6, moments_per_hour=2.5),
        Rules(3, moments_per_hour=2.5, name="lower", shadow=True),
    ]


def test_all_wrong_numbers_are_reported_together(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as error:
        read_configuration(written(tmp_path, WRONG))
    for place in (
        "detector.threshold: ",
        "detector.rearm_share: ",
        "detector.treshold: ",
        "channels.somebody",
        "shadows.crowd",
    ):
        assert place in str(error.value)
    assert "channels.123.clips_per_hour: " in str(error.value)


@pytest.mark.parametrize("text", ["[detector", "detector = 4", "\xff"])
def test_an_unreadable_file_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "detector.toml"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(ConfigurationError, match=re.escape(str(path))):
        read_configuration(path)


def test_a_start_reports_a_wrong_file_and_wrong_variables(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DETECTOR_CONFIG", str(written(tmp_path, WRONG)))
    monkeypatch.setenv("DETECTOR_REARM_SHARE", "2")
    with pytest.raises(SystemExit, match="2"):
        load_all(RuleSettings)
    printed = capsys.readouterr().err
    assert "DETECTOR_CONFIG: " in printed
    assert "detector.threshold: Input should be greater than or equal to 1" in printed
    assert "DETECTOR_REARM_SHARE: " in printed


def test_a_variable_overrides_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DETECTOR_CONFIG", str(written(tmp_path, TABLES)))
    monkeypatch.setenv("DETECTOR_THRESHOLD", "7")
    assert RuleSettings().rules().of("7")[0] == Rules(7)
