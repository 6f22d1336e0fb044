"""Files and functions stay short enough to be read at one go."""

import ast
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[3]
SHIPPED = ("libraries", "services", "tools", "infrastructure")
FILE_LINES = 300
BODY_LINES = 30  # of a function, without signature and docstring; what a test does one after the other may be longer


def python_files(*roots: str) -> list[Path]:
    """All Python files below these folders."""
    return sorted(path for root in roots for path in (REPOSITORY / root).rglob("*.py"))


def body_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Return the lines of a function behind its docstring."""
    first = function.body[1 if ast.get_docstring(function) and len(function.body) > 1 else 0]
    return (function.end_lineno or first.lineno) - first.lineno + 1


def long_functions(source: str) -> list[str]:
    """Return the names of functions that are too long."""
    functions = [
        each for each in ast.walk(ast.parse(source)) if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    return [each.name for each in functions if body_lines(each) >= BODY_LINES]


def test_a_file_has_at_most_300_lines() -> None:
    lengths = {path.relative_to(REPOSITORY): path.read_text().count("\n") for path in python_files(*SHIPPED, "tests")}
    assert len(lengths) > 500
    assert {str(path): lines for path, lines in lengths.items() if lines > FILE_LINES} == {}


def test_a_functions_body_is_under_30_lines() -> None:
    found = {path.relative_to(REPOSITORY): long_functions(path.read_text()) for path in python_files(*SHIPPED)}
    assert len(found) > 300
    assert {str(path): names for path, names in found.items() if names} == {}


def test_a_long_function_is_found() -> None:
    lines = "".join(f"    x = {number}\n" for number in range(BODY_LINES))
    assert long_functions(f'def long():\n    """Do it."""\n{lines}') == ["long"]
    assert long_functions(f'async def short(\n    a,\n):\n    """Do it."""\n{lines[: -len("    x = 29") - 1]}') == []
