"""What the script on wheels for arm64 makes of lock files and of answers; `make test-arm64` asks the real index."""

import importlib.util
from types import ModuleType

import pytest

from embedded.paths import REPOSITORY

LOCKS = REPOSITORY / "infrastructure/requirements"


@pytest.fixture
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("arm64_wheels", REPOSITORY / "infrastructure/images/arm64_wheels.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", ["services.txt", "flink.txt", "dev.txt"])
def test_each_requirement_is_asked_for_with_all_its_hashes(script: ModuleType, name: str) -> None:
    lock = (LOCKS / name).read_text()
    found = script.requirements(lock)
    assert len(found) == sum("==" in line and not line.startswith(("#", " ")) for line in lock.splitlines())
    assert sum(block.count("--hash=") for block in found.values()) == lock.count("--hash=")


def test_every_known_exception_is_still_locked(script: ModuleType) -> None:
    assert set(script.requirements((LOCKS / "dev.txt").read_text())) >= script.COMPILED
    assert not script.COMPILED & set(script.requirements((LOCKS / "services.txt").read_text()))


def test_what_has_no_wheel_and_should_have_one_fails(
    script: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def ask(lock: str) -> tuple[list[str], str]:
        names = list(script.requirements(lock))
        return ([f"{name}-1-py3-none-any.whl" for name in names], "") if "msgspec" not in names else ([], "msgspec")

    monkeypatch.setattr(script, "ask", ask)
    assert script.main([str(LOCKS / "services.txt")]) == 1
    told = capsys.readouterr().out
    assert "services.txt: 61 pure, 0 for arm64, 1 without a wheel" in told
    assert "NO WHEEL   msgspec" in told


def test_what_is_known_to_be_compiled_passes(
    script: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def ask(lock: str) -> tuple[list[str], str]:
        names = list(script.requirements(lock))
        lacking = next((name for name in names if name in script.COMPILED), "")
        return ([f"{name}-1-cp311-cp311-manylinux2014_aarch64.whl" for name in names] if not lacking else [], lacking)

    monkeypatch.setattr(script, "ask", ask)
    assert script.main([str(LOCKS / "flink.txt")]) == 0
    assert "compiled   apache-flink" in capsys.readouterr().out
