"""Machine A goes forward and back under visitors; nobody is turned away, and no news is missed."""

import subprocess
import threading
import time
from collections.abc import Iterator

import httpx
import pytest
from deployment.deploys import Deploy, build, derived, rename, waiting_for_others
from deployment.two_machines import DEPLOYED, PROCESSING, REPOSITORY, STAGING, Machine, make_secrets
from deployment.visitors import Crowd, OpenPage
from deployment.webhook import Webhook
from integration.support.api_frontend_process import Rows

from embedded.processes.waiting import wait_for

OURS = ["migrate", "api-frontend", "watcher", "stream-monitoring-standby", "log-source"]
SERVICES = ["postgres", "redis", "roles", "proxy", *OURS]
IMAGES = ["recorder", "api-frontend", "watcher", "stream-monitoring", "log-source"]
REQUESTS = 1000
AWAY_SECONDS = 15.0  # of an open page: 3 s until it asks again, and what a restart on a busy machine takes
BACK_SECONDS = 60.0
DEPLOY_SECONDS = 120.0
ROLLING_SECONDS = 30.0
MANUAL = (REPOSITORY / "DEPLOYMENT.md").read_text()
STEPS = (
    "alerts: pause",
    "backup",
    "roles: run",
    "migrate: run",
    "website: start",
    "website: wait",
    "website: switch",
    "website: drain",
    "website: take",
    "watcher: replace",
    "stream-monitoring-standby: replace",
    "log-source: replace",
    "alerts: resume",
)


@pytest.fixture(scope="module")
def webhook(docker: None) -> Iterator[Webhook]:
    made = Webhook(DEPLOYED)
    yield made
    made.stop()


@pytest.fixture(scope="module")
def a(tmp_path_factory: pytest.TempPathFactory, webhook: Webhook) -> Iterator[Machine]:
    """Machine A of its own, with version 1, and versions 2 (good), and three that are broken in one way each."""
    directory = tmp_path_factory.mktemp("deploy")
    make_secrets(directory, webhook.url)
    machine = installed(directory, "test-deploy", DEPLOYED, WEBHOOK_KIND="discord")
    try:
        for version in ("deploy-1", "deploy-2"):
            build(machine, version, OURS)
        for broken in ("never-ready", "bad-migration", "bad-watcher"):
            rename(broken, "deploy-2", IMAGES)
        derived("stream-scout/api-frontend:never-ready", "stream-scout/api-frontend:deploy-2", 'CMD ["sleep", "900"]')
        derived("stream-scout/watcher:bad-watcher", "stream-scout/watcher:deploy-2", 'CMD ["sleep", "900"]')
        named = "ENV STREAM_SCOUT_VERSION=bad-watcher"
        derived("stream-scout/api-frontend:bad-watcher", "stream-scout/api-frontend:deploy-2", named)
        migration = "RUN echo 'SELECT 1 / 0;' > infrastructure/postgres/migrations/9999.broken.sql"
        lines = f"USER root\n{migration}\nUSER 10001:10001"
        derived("stream-scout/recorder:bad-migration", "stream-scout/recorder:deploy-2", lines)
        machine.run("up", "--detach", "--no-build", "--wait", *SERVICES)
        yield machine
    finally:
        machine.down()
        for file in (REPOSITORY / ".deploy").glob("test-deploy*"):
            file.unlink()


def installed(directory, project: str, address: str, **more: str) -> Machine:
    variables = {
        "SECRETS_DIRECTORY": str(directory / "secrets"),
        "STREAM_SCOUT_VERSION": "deploy-1",
        "BIND_ADDR": address,
        "MACHINE_B": PROCESSING,
        "TWITCH_CLIENT_ID": "simulator",
        "PINNED_CHANNELS": "nobody",
        "API_PAGES_RATE_LIMIT": "100000/minute",
        "API_RATE_LIMIT": "100000/minute",
        "API_EVENTS_RATE_LIMIT": "100000/minute",
        **more,
    }
    return Machine("docker-compose.reliable.yml", project, directory, variables)


@pytest.fixture(scope="module")
def rows(a: Machine) -> Rows:
    password = a.secret("postgres_recorder_password")
    made = Rows(f"postgresql://recorder:{password}@{DEPLOYED}:5432/stream_scout")
    made.channel("11", "somebody")
    return made


def crowd(at_least: int = 0, pages: int = 8) -> Crowd:
    return Crowd(f"http://{DEPLOYED}:5000", at_least=at_least, pages=pages)


def ready(address: str = DEPLOYED) -> dict[str, object]:
    return dict(httpx.get(f"http://{address}:5000/ready", timeout=10).json())


def images_of(machine: Machine) -> dict[str, str]:
    """The version in the name of each running container's image."""
    found = {}
    for line in machine.run("ps", "--format", "{{.Service}} {{.Image}}").splitlines():
        service, image = line.split()
        if image.startswith("stream-scout/"):
            assert service not in found, f"two containers of {service}"
            found[service] = image.rpartition(":")[2]
    return found


class News:
    """A new moment every half second."""

    def __init__(self, rows: Rows, prefix: str) -> None:
        self.ids: list[str] = []
        self._rows, self._prefix = rows, prefix
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def _run(self) -> None:
        while not self._stop.wait(0.5):
            name = f"{self._prefix}{len(self.ids):03d}"
            self._rows.moment(name, 5)
            self.ids.append(name)

    def __enter__(self) -> "News":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()


def test_a_good_version_turns_nobody_away_and_no_news_is_missed(a: Machine, rows: Rows, webhook: Webhook) -> None:
    with crowd(REQUESTS) as visitors:
        wait_for("every page listens", lambda: all(page.heard_at for page in visitors.pages), 30, 0.1)
        with News(rows, "good") as news:
            deploy = Deploy(a, "deploy-2")
            assert deploy.finish() == 0
        wait_for("every page has heard all news", lambda: not missed(visitors.pages, news.ids), 20, 0.5)
    visits = visitors.visits
    print(f"{visits.answered} answered, {visits.failed} failed, slowest {visits.slowest:.2f} s, {deploy.seconds:.0f} s")
    print(f"pages were away for {[round(max(page.away, default=0), 1) for page in visitors.pages]} s")
    assert visits.answered >= REQUESTS
    assert not visits.failed
    assert {"deploy-1", "deploy-2"} <= visits.versions
    for page in visitors.pages:
        assert page.away, "it was at the website before, and came back to the other"
        assert max(page.away) < AWAY_SECONDS
    assert ready()["version"] == "deploy-2"
    assert ready()["commit"] == "0123abc"
    assert set(images_of(a).values()) == {"deploy-2"}
    assert webhook.texts[-1:] == [deploy.told]
    assert "version deploy-2 runs on machine A" in deploy.told
    assert deploy.seconds < DEPLOY_SECONDS * waiting_for_others()
    assert "Next, on B: infrastructure/deploy.sh B deploy-2" in deploy.told


def missed(pages: list[OpenPage], ids: list[str]) -> set[str]:
    """The moments that some page was not told."""
    return {each for page in pages for each in ids if not any(f'"{each}"' in data for data in page.moments)}


def test_the_metrics_are_those_of_the_website_that_visitors_get(a: Machine) -> None:
    text = httpx.get(f"http://{DEPLOYED}:5001/metrics", timeout=10).text
    assert 'stream_scout_build_info{commit="0123abc",service="api_frontend",version="deploy-2"} 1.0' in text
    assert httpx.get(f"http://{DEPLOYED}:5000/metrics", timeout=10).status_code == 404


@pytest.mark.parametrize(
    ("version", "reason"),
    [
        ("never-ready", "the website was not ready within 60 s"),
        ("bad-migration", "9999.broken failed and was rolled back"),
        ("bad-watcher", "watcher was not well within 60 s"),
    ],
)
def test_a_broken_version_goes_back_by_itself(a: Machine, webhook: Webhook, version: str, reason: str) -> None:
    with crowd() as visitors:
        deploy = Deploy(a, version)
        assert deploy.finish() == 1
    print(f"{visitors.visits.answered} answered, {visitors.visits.failed} failed")
    assert visitors.visits.answered
    assert not visitors.visits.failed
    assert reason in deploy.told
    assert "version deploy-2 runs again" in deploy.told
    assert webhook.texts[-1] == deploy.told
    assert set(images_of(a).values()) == {"deploy-2"}
    assert ready()["version"] == "deploy-2"
    wait_for("Docker has looked too", lambda: not a.unhealthy().keys() & set(SERVICES), 60, 1)
    back = next(seconds_of(line) for line in deploy.lines if "back to deploy-2" in line)
    assert seconds_of(deploy.lines[-2]) - back < BACK_SECONDS * waiting_for_others()


def seconds_of(line: str) -> float:
    return float(line.split()[0])


def test_a_version_without_images_changes_nothing(a: Machine, webhook: Webhook) -> None:
    told, before = len(webhook.texts), images_of(a)
    deploy = Deploy(a, "nowhere")
    assert deploy.finish() == 2
    assert "There is no image of version nowhere" in deploy.lines[-1]
    assert len(webhook.texts) == told
    assert images_of(a) == before


@pytest.mark.parametrize("after_seconds", [0.0, 0.7])
def test_killed_at_each_step_it_goes_on(a: Machine, after_seconds: float) -> None:
    """Each run is killed one step later than the one before it, or at the next one it takes; the last one ends well."""
    before = str(ready()["version"])
    version = "deploy-1" if before == "deploy-2" else "deploy-2"
    with crowd() as visitors:
        for place, step in enumerate(STEPS):
            killed_at = Deploy(a, version).kill_at(step, after_seconds, STEPS[place + 1 :])
            assert killed_at, f"it ended before {step}"
            assert killed_at == step or step in OPTIONAL, f"{step} was skipped"
        assert Deploy(a, version).finish() == 0
    assert not visitors.visits.failed
    assert set(images_of(a).values()) == {version}
    assert ready()["version"] == version
    slots = a.run("exec", "-T", "proxy", "bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/9999; echo show stat >&3; cat <&3")
    assert "DRAIN" not in slots, "every place is open again"


OPTIONAL = {
    "website: switch",
    "website: drain",
    "watcher: replace",
    "stream-monitoring-standby: replace",
    "log-source: replace",
}  # done by what was killed


def test_killed_and_then_a_broken_version_goes_back_to_what_ran_before(a: Machine) -> None:
    """A killed deploy leaves a mixture; the way back leads to what ran before it."""
    before = str(ready()["version"])
    other = "deploy-1" if before == "deploy-2" else "deploy-2"
    assert Deploy(a, other).kill_at("website: take", 0.5)
    assert Deploy(a, "bad-watcher").finish() == 1
    assert set(images_of(a).values()) == {before}


def test_the_rolling_way_takes_the_site_away_for_seconds(a: Machine) -> None:
    """What it costs is in DEPLOYMENT.md; nothing is lost for good."""
    before = str(ready()["version"])
    version = "deploy-1" if before == "deploy-2" else "deploy-2"
    with (a.directory / f"{a.project}.env").open("a") as env:
        env.write(f"STREAM_SCOUT_VERSION={version}\n")  # as the manual says
    with crowd() as visitors:
        began = time.monotonic()
        a.run("up", "--detach", "--no-build", "--wait", *SERVICES)
        seconds = time.monotonic() - began
    visits = visitors.visits
    failed = sum(visits.failed.values())
    print(f"rolling: {failed} of {failed + visits.answered} failed {dict(visits.failed)}, {seconds:.0f} s in all")
    assert ready()["version"] == version
    assert failed / visits.per_second < ROLLING_SECONDS
    assert "needed when the images of Postgres, Redis, Kafka or the proxy change" in MANUAL
    assert Deploy(a, before).finish() == 0


def test_staging_stands_beside_production(a: Machine, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Another .env, another project name and another address: its own database, its own website."""
    directory = tmp_path_factory.mktemp("staging")
    make_secrets(directory, "")
    staging = installed(directory, "test-staging", STAGING)
    before = ready()["version"]
    try:
        staging.run("up", "--detach", "--no-build", "--wait", *SERVICES)
        assert Deploy(staging, "deploy-2").finish() == 0
        assert ready(STAGING)["version"] == "deploy-2"
        assert ready()["version"] == before
        volumes = subprocess.run(["docker", "volume", "ls", "-q"], capture_output=True, text=True, check=True).stdout
        assert {"test-staging_postgres", "test-deploy_postgres"} <= set(volumes.split())
    finally:
        staging.down()
        for file in (REPOSITORY / ".deploy").glob("test-staging*"):
            file.unlink()
