"""Two instances of stream_monitoring on one simulated Twitch and one Kafka."""

from pathlib import Path
from typing import Any

from integration.support.stream_monitoring_process import DEADLINE, MonitoringProcess
from integration.support.stream_monitoring_recount import Recount, sent_messages, settled_recount

from embedded.processes.waiting import wait_for
from twitch_simulator.process import SimulatorProcess

STALLED, GO_ON, TAKE_BACK = 4, 8, 4  # seconds; ten, sixty and sixty outside of tests
BEYOND = 600  # messages, five seconds: ticks are about two seconds behind
CLOCK_OFF = Path(__file__).parent / "clock_off.py"


class Pair:
    """A simulator, two instances with a spool each, and what is in Kafka."""

    def __init__(self, folder: Path, twitch: SimulatorProcess, bootstrap_servers: str) -> None:
        self.folder, self.twitch, self.bootstrap_servers = folder, twitch, bootstrap_servers
        logins = [each["login"] for each in twitch.state()["channels"]]
        self.pinned, self.channels = ",".join(logins), len(logins)
        self.holder = self.instance("holder", MONITORING_HAS_STANDBY="true")
        self.standby = self.instance("standby")

    def instance(self, role: str, **more: str) -> MonitoringProcess:
        """Return an instance that is not started yet."""
        return MonitoringProcess(
            self.folder / f"{role}.log",
            self.folder / f"spool-{role}",
            self.twitch,
            self.bootstrap_servers,
            MONITORING_PINNED_CHANNELS=self.pinned,
            MONITORING_INSTANCE=role,
            MONITORING_ROLE=role,
            MONITORING_STALLED_SECONDS=str(STALLED),
            MONITORING_GO_ON_SECONDS=str(GO_ON),
            MONITORING_TAKE_BACK_SECONDS=str(TAKE_BACK),
            **more,
        )

    def start_both(self) -> None:
        """Start both; wait until the holder forwards and the ticks are past the standby's start."""
        self.holder.start()
        wait_for("the holder", lambda: self.forwards(self.holder), DEADLINE)
        self.standby.start()
        wait_for("the standby", lambda: self.reads_all(self.standby), DEADLINE)
        self.more_chat(BEYOND)

    def print_logs(self) -> None:
        """Print what both logged of forwarding."""
        for instance in (self.holder, self.standby):
            lines = (line for line in instance.log_text().splitlines() if "forwarder" in line)
            print("\n".join(lines))

    def reads_all(self, instance: MonitoringProcess) -> bool:
        """Return whether an instance reads every channel."""
        return instance.ready() and instance.measured("stream_monitoring_channels", state="read") == self.channels

    def forwards(self, instance: MonitoringProcess) -> bool:
        """Return whether an instance reports that it is the holder."""
        return instance.ready() and instance.measured("stream_monitoring_holder") == 1

    def sent(self) -> list[dict[str, Any]]:
        """Return every message sent so far."""
        return sent_messages(self.twitch)

    def more_chat(self, messages: int = 300) -> None:
        """Wait until so many more messages are sent."""
        before = len(self.sent())
        wait_for("more chat", lambda: len(self.sent()) >= before + messages, DEADLINE)

    def settled(self) -> Recount:
        """Wait until every message sent so far has arrived or is in a gap; return the recount."""
        return settled_recount(self.twitch, self.bootstrap_servers)

    def sockets(self) -> set[int]:
        """Return the numbers of the simulator's open sockets."""
        return {each["socket"] for each in self.twitch.state()["sockets"]}
