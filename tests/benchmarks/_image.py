"""Has a program find the packages of its image alone, as far as they are not its own: development installs more.

structlog, for one, imports rich where it is installed, which takes 14 MB.
"""

import os
import re
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

LOCK = Path(__file__).resolve().parents[2] / "infrastructure" / "requirements" / "services.txt"
PINNED = re.compile(r"^([A-Za-z0-9._-]+)==", re.MULTILINE)
HIDING = """
import sys


class Hidden:
    names = frozenset({names!r})

    @classmethod
    def find_spec(cls, name, path=None, target=None):
        if name in cls.names:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)


sys.meta_path.insert(0, Hidden)
"""  # and not None in sys.modules: psycopg takes a module that stands there for imported


def plain(distribution: str) -> str:
    """Return a distribution's name in its plain form."""
    return re.sub(r"[-_.]+", "-", distribution).lower()


def only_in_development() -> list[str]:
    """Name the modules of installed packages that the services' lock does not have."""
    in_image = {plain(name) for name in PINNED.findall(LOCK.read_text())}
    return sorted(
        module
        for module, distributions in packages_distributions().items()
        if module.isidentifier() and in_image.isdisjoint(map(plain, distributions))
    )


def as_in_image(folder: Path) -> dict[str, str]:
    """Return the environment for such a program; what it needs is written into the folder."""
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(HIDING.format(names=only_in_development()))
    return {"PYTHONPATH": os.pathsep.join([str(folder), *filter(None, [os.environ.get("PYTHONPATH")])])}


if __name__ == "__main__":
    sys.stdout.write("\n".join(only_in_development()) + "\n")
