"""A Docker daemon of its own in a namespace of `network.py`, and images made here; the machine's stays untouched."""

import hashlib
import io
import json
import os
import shutil
import subprocess
import tarfile
import tempfile
import time
from pathlib import Path
from typing import Any

from integration.support.network import Network

PROGRAMS = ("dockerd", "containerd", "runc", "docker", "busybox", "nsenter")
NEEDS_DOCKERD = "starts a Docker daemon of its own: apt-get install docker.io busybox-static"


class PrivateDocker:
    """A daemon on the network's machine."""

    def __init__(self, network: Network) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="dk", dir="/tmp"))  # short: it holds sockets
        for name in ("data", "exec", "run"):
            (self.folder / name).mkdir()
        self.host = f"unix://{self.folder}/docker.sock"
        # Not `ip netns exec`, which hides the cgroups.
        inside = ["nsenter", f"--net=/run/netns/{network.name('machine')}", "unshare", "-m", "sh", "-c"]
        daemon = (
            f"mount --bind {self.folder}/run /run && exec dockerd --data-root {self.folder}/data --exec-root "
            f"{self.folder}/exec --pidfile {self.folder}/pid -H {self.host} --storage-driver vfs"
        )
        with (self.folder / "log").open("w") as log:
            self._process = subprocess.Popen([*inside, daemon], stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        until = time.monotonic() + 60
        while subprocess.run(["docker", "-H", self.host, "info"], capture_output=True, check=False).returncode:
            assert time.monotonic() < until, (self.folder / "log").read_text()[-2000:]
            time.sleep(0.3)

    def run(self, *words: str, stdin: bytes | None = None) -> str:
        """Run docker; return what it printed."""
        done = subprocess.run(
            ["docker", "-H", self.host, *words], input=stdin, capture_output=True, check=False, timeout=90
        )
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout.decode().strip()

    def load(self, tag: str, created: str, command: tuple[str, ...] = ("httpd", "-f", "-p", "8080")) -> str:
        """Make an image of busybox that was created then; return its id."""
        layer = archive({"bin/busybox": Path(str(shutil.which("busybox"))).read_bytes()}, 0o755)
        config = json.dumps({
            "architecture": "amd64", "os": "linux", "created": created,
            "config": {"Entrypoint": ["/bin/busybox"], "Cmd": list(command), "Labels": {"made": tag}},
            "rootfs": {"type": "layers", "diff_ids": [f"sha256:{hashlib.sha256(layer).hexdigest()}"]},
        }).encode()  # fmt: skip
        name = hashlib.sha256(config).hexdigest()
        manifest: list[dict[str, Any]] = [{"Config": f"{name}.json", "RepoTags": [tag], "Layers": ["layer.tar"]}]
        files = {f"{name}.json": config, "layer.tar": layer, "manifest.json": json.dumps(manifest).encode()}
        self.run("load", stdin=archive(files, 0o644))
        return f"sha256:{name}"

    def images(self) -> set[str]:
        """Return the names of the images, of untagged ones the ids."""
        shown = self.run("images", "--no-trunc", "--format", "{{.Repository}}:{{.Tag}} {{.ID}}").splitlines()
        return {name if "<none>" not in name else id for name, id in (line.split() for line in shown)}

    def close(self) -> None:
        """End the containers and the daemon."""
        for each in self.run("ps", "-aq").split():
            self.run("rm", "-f", each)
        self._process.terminate()
        self._process.wait(30)
        subprocess.run(["umount", "-R", self.folder / "exec"], check=False, capture_output=True)
        shutil.rmtree(self.folder, ignore_errors=True)


def archive(files: dict[str, bytes], mode: int) -> bytes:
    """Return a tar of these files."""
    whole = io.BytesIO()
    with tarfile.open(fileobj=whole, mode="w") as tar:
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode = len(content), mode
            tar.addfile(entry, io.BytesIO(content))
    return whole.getvalue()


def is_possible() -> bool:
    """Return whether a daemon can be started here."""
    return os.geteuid() == 0 and all(map(shutil.which, PROGRAMS))
