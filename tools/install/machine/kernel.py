"""What has to be so in the system itself: memory limits, early ports, the clock, swap."""

from install.errors import InstallError
from install.machine.host import Host
from install.machine.system import System
from install.steps import State

SYSCTL_FILE = "/etc/sysctl.d/60-stream-scout.conf"
SYSCTL = "net.ipv4.ip_nonlocal_bind"
SWAP_FILE = "/swapfile-stream-scout"
SWAP_MB = 1024
SMALL_MB = 1900  # below it, the minute of a deploy needs swap


class MemoryLimits:
    """The containers' memory limits hold only where the kernel counts memory by group; a Raspberry Pi's does not."""

    title = "Memory limits"

    def __init__(self, host: Host, system: System) -> None:
        self._host, self._system = host, system

    def state(self) -> State:
        """Look which controllers there are; by the second version of cgroups, or by the first."""
        now = self._host.read("/sys/fs/cgroup/cgroup.controllers").split()
        first = [line.split() for line in self._host.read("/proc/cgroups").splitlines() if line.startswith("memory")]
        if "memory" in now or (not now and any(line[-1] == "1" for line in first)):
            return State(True, "the kernel holds them")
        return State(False, "the kernel does not count memory by group")

    def do(self) -> None:
        """Say what to type; a change of the kernel's command line, and a restart, are the operator's to decide."""
        file = "/boot/firmware/cmdline.txt"
        if self._system.is_raspberry_pi_os:
            if not self._host.read(file):
                file = "/boot/cmdline.txt"
            advice = f"sudo sed -i '1s/$/ cgroup_enable=memory cgroup_memory=1/' {file} && sudo reboot"
        else:
            advice = "boot with cgroup_enable=memory on the kernel's command line"
        raise InstallError(
            "Docker would accept the memory limits and not hold them, so one container could take the whole machine. "
            f"Once:\n\n    {advice}\n\nThen run this again."
        )


class EarlyPorts:
    """Lets Docker bind ports to Tailscale's address before Tailscale is up; else they stay closed after a reboot."""

    title = "Ports after a reboot"

    def __init__(self, host: Host) -> None:
        self._host = host

    def state(self) -> State:
        """Look at the kernel, and at what it will read at the next start."""
        is_now = self._host.read("/proc/sys/" + SYSCTL.replace(".", "/")).strip() == "1"
        is_kept = f"{SYSCTL}=1" in self._host.read(SYSCTL_FILE).split()
        return State(
            is_now and is_kept, "open before Tailscale is up" if is_now and is_kept else f"{SYSCTL} is not set"
        )

    def do(self) -> None:
        """Set it for good, and now."""
        self._host.write_as_root(SYSCTL_FILE, f"{SYSCTL}=1\n")
        self._host.run(*self._host.as_root("sysctl", "--quiet", "--load", SYSCTL_FILE))


class ClockIsSet:
    """Twitch's times are compared with the machine's own."""

    title = "Clock"

    def __init__(self, host: Host) -> None:
        self._host = host

    def state(self) -> State:
        """Ask whether somebody sets it; the preflight looks later whether that has worked."""
        said = self._host.attempt("timedatectl", "show", "--property=NTP", "--value").stdout.strip()
        return State(said != "no", "is not set by the network" if said == "no" else "set by the network")

    def do(self) -> None:
        """Have the network set it."""
        self._host.run(*self._host.as_root("timedatectl", "set-ntp", "true"))


class Swap:
    """A machine with 1 GB needs it for the minute in which two websites run."""

    title = "Swap"

    def __init__(self, host: Host) -> None:
        self._host = host

    def _megabytes(self, line: str) -> int:
        lines = self._host.read("/proc/meminfo").splitlines()
        return next((int(each.split()[1]) // 1024 for each in lines if each.startswith(f"{line}:")), 0)

    def state(self) -> State:
        """Look whether there is enough memory, or swap."""
        memory, swap = self._megabytes("MemTotal"), self._megabytes("SwapTotal")
        is_kept = SWAP_FILE not in self._host.read("/proc/swaps") or SWAP_FILE in self._host.read("/etc/fstab")
        is_enough = (memory >= SMALL_MB or swap >= SWAP_MB - 64) and is_kept
        return State(is_enough, f"{memory} MB of memory, {swap} MB of swap")

    def do(self) -> None:
        """Make a file of 1 GB; a half-made one is made anew."""
        if SWAP_FILE not in self._host.read("/proc/swaps"):
            new = f"{SWAP_FILE}.new"
            for command in (
                ("dd", "if=/dev/zero", f"of={new}", "bs=1M", f"count={SWAP_MB}", "status=none"),
                ("chmod", "600", new), ("mkswap", new), ("mv", new, SWAP_FILE), ("swapon", SWAP_FILE),
            ):  # fmt: skip
                self._host.run(*self._host.as_root(*command))
        if SWAP_FILE not in (table := self._host.read("/etc/fstab")):
            end = "" if not table or table.endswith("\n") else "\n"
            self._host.write_as_root("/etc/fstab", f"{table}{end}{SWAP_FILE} none swap sw 0 0\n")
