"""The file of the detector's numbers: its defaults are the program's, each wrong number is named, all at once."""

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


def test_the_file_has_every_number_with_its_default_and_a_comment() -> None:
    assert read_configuration(SHIPPED).of("1") == [Rules()]
    text = SHIPPED.read_text()
    for name in Numbers.model_fields:
        assert re.search(rf"^# .+\n{name} = ", text, re.MULTILINE), f"{name} without a comment above it"


def test_what_is_commented_out_is_right_as_well(tmp_path: Path) -> None:
    text = re.sub(r"^# (\[|\w+ = )", r"\1", SHIPPED.read_text(), flags=re.MULTILINE)
    rules, shadow = read_configuration(written(tmp_path, text)).of("12345678")
    assert (rules.moments_per_hour, shadow.threshold, shadow.moments_per_hour) == (4, 3, 4)


def test_a_channel_s_numbers_go_before_the_detector_s_and_a_shadow_s_before_both(tmp_path: Path) -> None:
    book = read_configuration(written(tmp_path, TABLES))
    assert book.of("7") == [Rules(5), Rules(3, name="lower", shadow=True)]
    assert book.of("123") == [
        Rules(6, moments_per_hour=2.5),
        Rules(3, moments_per_hour=2.5, name="lower", shadow=True),
    ]


def test_every_wrong_number_is_named_at_once(tmp_path: Path) -> None:
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
def test_a_file_that_is_none_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "detector.toml"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(ConfigurationError, match=re.escape(str(path))):
        read_configuration(path)


def test_a_start_refuses_a_wrong_file_together_with_wrong_variables(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DETECTOR_CONFIG", str(written(tmp_path, WRONG)))
    monkeypatch.setenv("DETECTOR_REARM_SHARE", "2")
    with pytest.raises(SystemExit, match="2"):
        load_all(RuleSettings)
    told = capsys.readouterr().err
    assert "DETECTOR_CONFIG: " in told
    assert "detector.threshold: Input should be greater than or equal to 1" in told
    assert "DETECTOR_REARM_SHARE: " in told


def test_a_variable_goes_before_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DETECTOR_CONFIG", str(written(tmp_path, TABLES)))
    monkeypatch.setenv("DETECTOR_THRESHOLD", "7")
    assert RuleSettings().rules().of("7")[0] == Rules(7)
