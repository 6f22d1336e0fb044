"""A machine with its public network, its tailnet and a container, each in a network namespace of its own (root)."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterable
from pathlib import Path

from embedded.paths import REPOSITORY

PUBLIC, TAILSCALE, CONTAINER = "203.0.113.1", "100.64.0.1", "172.30.0.2"  # the machine's two addresses, and behind it
NEIGHBOUR, PEER, BRIDGE = "203.0.113.9", "100.64.0.2", "172.30.0.1"
PUBLIC_6, NEIGHBOUR_6 = "2001:db8::1", "2001:db8::9"
# What stays the test machine's own: these folders are another's in the namespace.
OWN_FOLDERS = ("/etc/stream-scout", "/etc/systemd/system", "/run/systemd")
LISTEN = textwrap.dedent("""
    import json, socket, sys
    held = []
    for port in json.loads(sys.argv[1]):
        made = socket.create_server(("::", port), family=socket.AF_INET6, dualstack_ipv6=True)
        held.append(made)
    print("listening", flush=True)
    sys.stdin.read()
""")
TRY = textwrap.dedent("""
    import asyncio, json, sys
    async def answers(port):
        try:
            _, writer = await asyncio.wait_for(asyncio.open_connection(sys.argv[1], port), float(sys.argv[3]))
            writer.close()
        except (OSError, TimeoutError):
            return None
        return port
    async def main():
        return [port for port in await asyncio.gather(*map(answers, json.loads(sys.argv[2]))) if port]
    print(json.dumps(asyncio.run(main())))
""")
PING = textwrap.dedent("""
    import socket, sys
    icmp = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
    icmp.settimeout(2)
    icmp.sendto(bytes.fromhex("0800f7fd00010001"), (sys.argv[1], 0))  # echo 1.1, with its checksum
    while icmp.recv(1500)[20:21] != bytes(1):
        pass
""")


def ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True)


class Network:
    """Namespaces `machine`, `outside` (a neighbour in the public network), `tailnet` (the other machine), `box`."""

    def __init__(self, folder: Path) -> None:
        self._mark, self._listeners, self._folder = f"ss{os.getpid()}", [], folder
        for name in ("machine", "outside", "tailnet", "box"):
            ip("netns", "add", self.name(name))
            ip("-n", self.name(name), "link", "set", "lo", "up")
        self._link("eth0", f"{PUBLIC}/24", "outside", f"{NEIGHBOUR}/24")
        self._link("tailscale0", f"{TAILSCALE}/24", "tailnet", f"{PEER}/24")
        self._link("br-scout", f"{BRIDGE}/24", "box", f"{CONTAINER}/24")
        ip("-n", self.name("machine"), "address", "add", f"{PUBLIC_6}/64", "dev", "eth0", "nodad")
        ip("-n", self.name("outside"), "address", "add", f"{NEIGHBOUR_6}/64", "dev", "eth0", "nodad")
        ip("-n", self.name("box"), "route", "add", "default", "via", BRIDGE)
        ip("-n", self.name("tailnet"), "route", "add", "default", "via", TAILSCALE)
        # A neighbour may send what it likes to the machine, its other addresses too.
        for address in (f"{TAILSCALE}/32", f"{PEER}/32", f"{CONTAINER}/32"):
            ip("-n", self.name("outside"), "route", "add", address, "via", PUBLIC)
        self.inside("machine", "sysctl", "-q", "net.ipv4.ip_forward=1")

    def name(self, name: str) -> str:
        """Return the name of a namespace on this machine."""
        return f"{self._mark}{name}"

    def _link(self, device: str, ours: str, other: str, theirs: str) -> None:
        ip("link", "add", device, "netns", self.name("machine"), "type", "veth",
           "peer", "name", "eth0", "netns", self.name(other))  # fmt: skip
        for name, end, address in (("machine", device, ours), (other, "eth0", theirs)):
            ip("-n", self.name(name), "address", "add", address, "dev", end)
            ip("-n", self.name(name), "link", "set", end, "up")

    def inside(self, name: str, *command: str) -> str:
        """Run a command in a namespace; return what it printed."""
        done = subprocess.run(
            ["ip", "netns", "exec", self.name(name), *command], capture_output=True, text=True, check=True, timeout=60
        )
        return done.stdout

    def listen(self, name: str, ports: Iterable[int]) -> None:
        """Have something answer at these ports, on all addresses."""
        command = ["ip", "netns", "exec", self.name(name), sys.executable, "-c", LISTEN, json.dumps(sorted(ports))]
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self._listeners.append(process)
        assert process.stdout
        assert process.stdout.readline() == b"listening\n"

    def answering(self, name: str, address: str, ports: Iterable[int], seconds: float = 0.7) -> set[int]:
        """Return which of the ports take a connection from a namespace."""
        said = self.inside(name, sys.executable, "-c", TRY, address, json.dumps(sorted(ports)), str(seconds))
        return set(json.loads(said))

    def ping(self, name: str, address: str) -> None:
        """Ask for an echo from a namespace. Raises CalledProcessError without one."""
        self.inside(name, sys.executable, "-c", PING, address)

    def publish(self, port: int, address: str | None = None, to: int | None = None) -> None:
        """Have Docker's rules lead a port of the machine to the container, as it writes them."""
        where = ["-d", address] if address else []
        aim = ["-p", "tcp", "--dport", str(port), "-j", "DNAT", "--to-destination", f"{CONTAINER}:{to or port}"]
        self.inside("machine", "iptables", "-t", "nat", "-A", "PREROUTING", *where, "!", "-i", "br-scout", *aim)

    def hosts(self, name: str, **names: str) -> None:
        """Give a namespace names: `www_example_org="203.0.113.1"`."""
        folder = Path("/etc/netns") / self.name(name)
        folder.mkdir(parents=True, exist_ok=True)
        lines = [f"{address} {each.replace('_', '.')}" for each, address in names.items()]
        (folder / "hosts").write_text("\n".join(["127.0.0.1 localhost", *lines, ""]))

    def start(self, name: str, *command: str, **variables: str) -> subprocess.Popen[bytes]:
        """Start a program in a namespace; it is killed at the end, and what it says goes to `NAME.log`."""
        log = (self._folder / f"{Path(command[0]).name}-{name}.log").open("ab")
        process = subprocess.Popen(
            ["ip", "netns", "exec", self.name(name), *command],
            env=os.environ | variables, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
        )  # fmt: skip
        self._listeners.append(process)
        return process

    def run(self, *words: str, user: str = "", **variables: str) -> subprocess.CompletedProcess[str]:
        """Run a script of infrastructure/ on the machine, as a user if one is named; /etc is its own for our things."""
        binds = []
        for folder in OWN_FOLDERS:
            own = self._folder / folder.strip("/").replace("/", "-")
            own.mkdir(exist_ok=True)
            binds.append(f"mkdir -p {folder} && mount --bind {own} {folder}")
        script = " && ".join([*binds, 'exec "$0" "$@"'])
        become = ["setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups"] if user else []
        command = [*become, str(REPOSITORY / "infrastructure" / words[0]), *words[1:]]
        return subprocess.run(
            ["ip", "netns", "exec", self.name("machine"), "unshare", "-m", "sh", "-c", script, *command],
            env={"PATH": os.environ["PATH"], "COMPOSE_ENV_FILES": str(self._folder / "env")} | variables,
            capture_output=True, text=True, check=False, timeout=60,
        )  # fmt: skip

    def wait_until_open(self, name: str, address: str, port: int, seconds: float) -> None:
        """Wait until a port answers."""
        until = time.monotonic() + seconds
        while port not in self.answering(name, address, [port], 0.2):
            assert time.monotonic() < until, f"{address}:{port} stayed closed for {seconds} s"
            time.sleep(0.1)

    def close(self) -> None:
        """End what listens, and remove the namespaces."""
        for process in self._listeners:
            process.kill()
            process.wait()
        for name in ("machine", "outside", "tailnet", "box"):
            left = subprocess.run(["ip", "netns", "pids", self.name(name)], capture_output=True, text=True, check=False)
            for pid in left.stdout.split():  # a login whose other end is gone would never end
                with contextlib.suppress(ProcessLookupError):
                    os.kill(int(pid), signal.SIGKILL)
            subprocess.run(["ip", "netns", "delete", self.name(name)], check=False, capture_output=True)
            shutil.rmtree(Path("/etc/netns") / self.name(name), ignore_errors=True)
