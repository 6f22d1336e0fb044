"""A real image registry on loopback, and images that are nothing but their manifests."""

import hashlib
import json
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from embedded.processes.waiting import wait_for

INDEX = "application/vnd.oci.image.index.v1+json"
MANIFEST = "application/vnd.oci.image.manifest.v1+json"
CONFIG = "application/vnd.oci.image.config.v1+json"
LAYER = "application/vnd.oci.image.layer.v1.tar"
EMPTY_TAR = bytes(10_240)
PROGRAM = shutil.which("docker-registry")


class Registry:
    """Puts images into the registry at `address`."""

    def __init__(self, address: str) -> None:
        self.address = address
        self._http = httpx.Client(base_url=f"http://{address}/v2/", timeout=10)

    def answers(self) -> bool:
        try:
            return self._http.get("").is_success
        except httpx.HTTPError:
            return False

    def _blob(self, name: str, kind: str, content: bytes) -> dict[str, object]:
        digest = f"sha256:{hashlib.sha256(content).hexdigest()}"
        place = self._http.post(f"{name}/blobs/uploads/").raise_for_status().headers["location"]
        place += ("&" if "?" in place else "?") + f"digest={digest}"
        self._http.put(place, content=content).raise_for_status()
        return {"mediaType": kind, "digest": digest, "size": len(content)}

    def _manifest(self, name: str, tag: str, manifest: dict[str, object]) -> str:
        kind = {"Content-Type": str(manifest["mediaType"])}
        answer = self._http.put(f"{name}/manifests/{tag}", content=json.dumps(manifest), headers=kind)
        return answer.raise_for_status().headers["docker-content-digest"]

    def push(self, name: str, tag: str, architecture: str, **labels: str) -> dict[str, object]:
        """Put an image for one architecture there, with these OCI labels; return how an index names it."""
        layer = self._blob(name, LAYER, EMPTY_TAR)
        config = {
            "architecture": architecture,
            "os": "linux",
            "rootfs": {"type": "layers", "diff_ids": [layer["digest"]]},
            "config": {"Labels": {f"org.opencontainers.image.{key}": value for key, value in labels.items()}},
        }
        described = self._blob(name, CONFIG, json.dumps(config).encode())
        manifest = {"schemaVersion": 2, "mediaType": MANIFEST, "config": described, "layers": [layer]}
        digest = self._manifest(name, tag, manifest)
        platform = {"architecture": architecture, "os": "linux"}
        return {"mediaType": MANIFEST, "digest": digest, "size": len(json.dumps(manifest)), "platform": platform}

    def push_both(self, name: str, tag: str, *architectures: str) -> str:
        """Put an index of these architectures there; return its digest."""
        parts = [self.push(name, f"{tag}-{each}", each) for each in architectures]
        return self._manifest(name, tag, {"schemaVersion": 2, "mediaType": INDEX, "manifests": parts})

    def architectures(self, name: str, tag: str) -> list[str]:
        """What a tag holds."""
        answer = self._http.get(f"{name}/manifests/{tag}", headers={"Accept": INDEX}).raise_for_status().json()
        return sorted(each["platform"]["architecture"] for each in answer["manifests"])


@contextmanager
def running(folder: Path) -> Iterator[Registry]:
    """Start a registry whose data is in `folder`."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        address = f"127.0.0.1:{free.getsockname()[1]}"
    settings = folder / "registry.yml"
    storage = {"filesystem": {"rootdirectory": str(folder / "registry")}}
    settings.write_text(json.dumps({"version": 0.1, "storage": storage, "http": {"addr": address}}))
    assert PROGRAM
    with (folder / "registry.log").open("wb") as log:
        process = subprocess.Popen([PROGRAM, "serve", str(settings)], stdout=log, stderr=log)
    try:
        registry = Registry(address)
        wait_for("the registry answers", registry.answers, 20)
        yield registry
    finally:
        process.terminate()
        process.wait(10)
