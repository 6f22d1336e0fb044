"""The program is installed alone into an empty environment, and finds highlights without any service."""

import ast
import os
import shutil
import subprocess
import sys
import sysconfig
import tomllib
import venv
from importlib.util import find_spec
from pathlib import Path

import pytest

from .test_same_as_live import chat, twitch_downloader

REPOSITORY = Path(__file__).resolve().parents[3]
FOLDER = Path("tools") / "chat_analysis"
PROJECT = tomllib.loads((REPOSITORY / FOLDER / "pyproject.toml").read_text(encoding="utf-8"))
NEEDED = {  # what the named dependencies need themselves; taken from here, so that no network is needed
    "msgspec", "numpy", "pydantic_settings", "pydantic", "pydantic_core", "annotated_types", "typing_extensions",
    "typing_inspection", "dotenv",
}  # fmt: skip
NOT_ON_WINDOWS = {"fcntl", "grp", "pwd", "resource", "termios", "tty", "pty", "readline", "curses", "syslog"}
WITH_ENCODING = ("open", "read_text", "write_text")


def packages() -> dict[str, Path]:
    """The packages that the wheel has, and their folders."""
    tools = PROJECT["tool"]["setuptools"]
    roots = {name: REPOSITORY / FOLDER / folder for name, folder in tools["package-dir"].items()}
    return {name: roots[name.partition(".")[0]].joinpath(*name.split(".")[1:]) for name in tools["packages"]}


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install from a copy, so that building leaves nothing in the repository; returns the program."""
    folder = tmp_path_factory.mktemp("a place") / "a copy"
    for name in ("contracts", "highlight_exports", "moment_detection", "service_runtime"):
        shutil.copytree(REPOSITORY / "libraries" / name, folder / "libraries" / name)
    shutil.copytree(REPOSITORY / FOLDER, folder / FOLDER, ignore=shutil.ignore_patterns("build", "*.egg-info"))
    venv.create(folder / "venv", with_pip=False)
    python = folder / "venv" / ("Scripts" if os.name == "nt" else "bin") / "python"
    build = [sys.executable, "-c", "from setuptools.build_meta import build_wheel; print(build_wheel('.'))"]
    wheel = subprocess.run(build, cwd=folder / FOLDER, check=True, capture_output=True, text=True).stdout.split()[-1]
    subprocess.run(
        ["uv", "pip", "install", "-q", "--offline", "--no-deps", "--python", python, folder / FOLDER / wheel],
        check=True, env=os.environ | {"PATH": f"{sysconfig.get_path('scripts')}{os.pathsep}{os.environ['PATH']}"},
    )  # fmt: skip
    site = next((folder / "venv").rglob("site-packages"))
    for name in NEEDED:
        spec = find_spec(name)
        assert spec
        assert spec.origin
        origin = Path(spec.origin)
        for source in [origin] if origin.name != "__init__.py" else origin.parent.parent.glob(f"{name}*"):
            target = site / source.name
            if source.is_dir() and not target.exists():
                shutil.copytree(source, target)
            elif source.is_file():
                shutil.copy(source, target)
    return python.with_name("chat-highlights")


def test_it_runs_alone(program: Path, tmp_path: Path) -> None:
    """No variable of ours, no repository on the path, a folder with spaces and letters of other scripts."""
    folder = tmp_path / "mes vidéos 動画"
    folder.mkdir()
    file, page, xml = twitch_downloader(chat(), folder), folder / "page.html", folder / "cut.xml"
    run = subprocess.run(
        [program, "--table", file.name, "--html", page.name, "--premiere", xml.name, "--out", "lines.jsonl"],
        cwd=folder, env={"PATH": "", "COLUMNS": "120", "PYTHONUTF8": "0", "LC_ALL": "C"}, capture_output=True,
        timeout=60, check=True,
    )  # fmt: skip
    assert run.stderr == b""
    assert "laughter" in run.stdout.decode("utf-8")
    assert "哈哈" in run.stdout.decode("utf-8")
    assert "<svg" in page.read_text(encoding="utf-8")
    assert xml.read_text(encoding="utf-8").count("<clipitem ") > 9
    assert (folder / "lines.jsonl").stat().st_size > 1000


def test_every_module_that_is_imported_is_in_the_wheel() -> None:
    """And no other comes with it: nothing of a service, Kafka or Flink."""
    roots = {name.partition(".")[0] for name in packages()}
    names = {name.replace("-", "_") for name in PROJECT["project"]["dependencies"]}
    reachable, waiting = set[Path](), [REPOSITORY / FOLDER / "__main__.py"]
    while waiting:
        file = waiting.pop()
        if file in reachable:
            continue
        reachable.add(file)
        for module in imported(file):
            root = module.partition(".")[0]
            if root in roots:
                waiting += [path for path in files_of(module) if path.exists()]
            else:
                assert root in sys.stdlib_module_names or root in names | {"pydantic"}, f"{file} imports {module}"
    assert len(reachable) > 50


def imported(file: Path) -> list[str]:
    """Return the modules that a file imports at its top."""
    found = []
    for node in ast.parse(file.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Import):
            found += [each.name for each in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            found += [node.module, *(f"{node.module}.{each.name}" for each in node.names)]
    return found


def files_of(module: str) -> list[Path]:
    """Return where a module of ours may be; its package's `__init__` counts too."""
    package, _, name = module.rpartition(".")
    known = packages()
    found = [known[module] / "__init__.py"] if module in known else []
    return found + ([known[package] / f"{name}.py"] if package in known else [])


@pytest.mark.parametrize("package", [name for name in packages() if name not in ("contracts", "service_runtime")])
def test_nothing_in_it_is_for_one_system_alone(package: str) -> None:
    """No module that Windows lacks, no text file in the machine's own encoding."""
    for file in packages()[package].glob("*.py"):
        assert not {name.partition(".")[0] for name in imported(file)} & NOT_ON_WINDOWS, file
        for call in (
            node for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)
        ):
            name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
            is_binary = any(isinstance(each, ast.Constant) and "b" in str(each.value) for each in call.args)
            if (
                name in WITH_ENCODING
                and not is_binary
                and not (name == "open" and isinstance(call.func, ast.Attribute) and not call.args)
            ):
                assert any(each.arg == "encoding" for each in call.keywords), f"{file}, line {call.lineno}"
