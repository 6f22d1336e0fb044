"""Images for arm64 on a machine that is none: built from our own Dockerfiles by buildah, run by qemu-user."""

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from embedded.paths import REPOSITORY

BINFMT = Path("/proc/sys/fs/binfmt_misc/qemu-aarch64")
CERTIFICATES = "/etc/ssl/certs/ca-certificates.crt"  # this machine's, where packages come through a proxy of its own
IMAGES = REPOSITORY / "infrastructure/images"
STORE = Path(os.environ.get("ARM64_FOLDER", REPOSITORY / "build/arm64"))  # 2 GB
ROOT_FILE = STORE / "debian.tar"
PACKAGES = "python3.11,python3.11-venv,python3.11-dev,python3-pip,ca-certificates"
# The official image has `python` and lets pip install; Debian's has the one as python3.11 and refuses the other.
AS_OFFICIAL = 'ln -s python3.11 "$1/usr/bin/python"; rm -f "$1"/usr/lib/python3.*/EXTERNALLY-MANAGED'
BASE, DEBIAN = "localhost/python-arm64:debian", "http://deb.debian.org/debian"
TOOLS = ("buildah", "mmdebstrap", "arch-test", "qemu-aarch64-static")


def lacking() -> str:
    """Return why no image can be built here; empty if one can."""
    if os.geteuid() != 0:
        return "needs root"
    missing = [tool for tool in TOOLS if shutil.which(tool) is None]
    if missing:
        return f"{', '.join(missing)}: apt-get install buildah mmdebstrap arch-test qemu-user-static binfmt-support"
    if not BINFMT.exists():
        return "no binfmt: mount -t binfmt_misc none /proc/sys/fs/binfmt_misc; update-binfmts --enable qemu-aarch64"
    return ""


def buildah(*arguments: str | Path) -> str:
    """Run buildah on a store of its own and return what it printed last."""
    done = subprocess.run(command(*arguments), capture_output=True, text=True, check=False, cwd=REPOSITORY)
    assert done.returncode == 0, f"{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    return done.stdout.strip()


def command(*arguments: str | Path) -> list[str]:
    """Return buildah's command line."""
    return ["buildah", "--root", str(STORE / "store"), "--runroot", str(STORE / "run"), *map(str, arguments)]


def base_image() -> str:
    """Return the image to build from: ARM64_PYTHON_IMAGE, or where no registry has it, Debian's Python."""
    official = os.environ.get("ARM64_PYTHON_IMAGE")
    if official:
        return official
    if BASE in buildah("images", "--format", "{{.Name}}:{{.Tag}}").splitlines():
        return BASE
    STORE.mkdir(parents=True, exist_ok=True)
    if not ROOT_FILE.exists():
        subprocess.run(
            [
                *("mmdebstrap", "--arch=arm64", "--variant=minbase", f"--include={PACKAGES}"),
                *(f"--customize-hook={AS_OFFICIAL}", "bookworm", ROOT_FILE, f"deb {DEBIAN} bookworm main"),
            ],
            check=True,
        )
    container = buildah("from", "--arch", "arm64", "scratch")
    buildah("add", container, ROOT_FILE, "/")
    buildah("commit", "--rm", container, BASE)
    return BASE


def build(dockerfile: str, tag: str, **arguments: str) -> str:
    """Build one of our Dockerfiles for arm64 and return the image's name."""
    words = [word for name, value in arguments.items() for word in ("--build-arg", f"{name}={value}")]
    image = f"localhost/stream-scout/{tag}:arm64"
    buildah(
        *(
            "bud",
            "--arch",
            "arm64",
            "--isolation",
            "chroot",
            "--layers",
            "--volume",
            f"{CERTIFICATES}:{CERTIFICATES}:ro",
        ),
        *("--build-arg", f"PYTHON_IMAGE={base_image()}", *words),
        *("--file", IMAGES / f"{dockerfile}.Dockerfile", "--tag", image, "."),
    )
    return image


def service(name: str) -> str:
    """Build a service's image."""
    return build("service", name.replace("_", "-"), SERVICE=name, VERSION="arm64")


@contextmanager
def container(image: str) -> Iterator[str]:
    """Return a container of an image, which ends with the block."""
    name = buildah("from", "--arch", "arm64", image)
    try:
        yield name
    finally:
        buildah("rm", name)


def run_line(name: str, *words: str | Path, user: str = "10001:10001", **variables: str) -> list[str]:
    """Return the command that runs something in a container, as the image's user, on this machine's network."""
    mounted = [f"{REPOSITORY / path}:/app/{path}:ro" for path in ("tests", "tools", "pyproject.toml", "configs")]
    return command(
        *("run", "--isolation", "chroot", "--user", user, "--workingdir", "/app"),
        *(word for each in [*mounted, f"{CERTIFICATES}:{CERTIFICATES}:ro"] for word in ("--volume", each)),
        *(word for key, value in variables.items() for word in ("--env", f"{key}={value}")),
        *(name, "--", *map(str, words)),
    )


def run(name: str, *words: str | Path, **more: str) -> str:
    """Run something in a container to its end and return what it printed."""
    done = subprocess.run(run_line(name, *words, **more), capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{done.stdout[-5000:]}\n{done.stderr[-5000:]}"
    return done.stdout


@contextmanager
def running(name: str, log: Path, *words: str, **variables: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run something in a container until the block ends."""
    with log.open("wb") as output:
        line = run_line(name, *words, **variables)
        process = subprocess.Popen(line, stdout=output, stderr=output, start_new_session=True)
        try:
            yield process
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait(60)
