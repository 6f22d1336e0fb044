"""Writes down what was answered: settings into .env, secrets into their files."""

from collections.abc import Callable

from install.machine.host import Host
from install.steps import State
from install.values import settings
from install.values.answers import Answers
from install.values.place import Place
from install.values.questions import QUESTIONS, UNASKED


class Secrets:
    """The passwords that machines draw, and the secrets that a person brought."""

    title = "Secrets"

    def __init__(self, host: Host, place: Place, answers: Answers) -> None:
        self._host, self._place, self._answers = host, place, answers

    def _typed(self) -> dict[str, str]:
        """Return the secrets that their files do not have yet."""
        given = {each.file: self._answers.given.get(each.name, "") for each in (*QUESTIONS, *UNASKED) if each.is_secret}
        return {file: value for file, value in given.items() if value and value != self._place.secret(file)}

    def state(self) -> State:
        """Look for what is missing, and for what is new."""
        script = str(self._host.checkout / "infrastructure" / "secrets.sh")
        missing = self._host.run(script, "--check", str(self._place.secrets)).splitlines()
        typed = self._typed()
        said = ["passwords to be made or repaired"] if missing else []
        said += [f"{len(typed)} of yours to be written down"] if typed else []
        if said:
            return State(False, ", ".join(said))
        return State(True, "all are there, closed to everybody else")

    def do(self) -> None:
        """Make and write them; none stands in a command line."""
        scripts = self._host.checkout / "infrastructure"
        self._host.run(str(scripts / "secrets.sh"), str(self._place.secrets))
        for file, value in self._typed().items():
            self._host.run(str(scripts / "put_secret.sh"), file, str(self._place.secrets), text=value)


class Settings:
    """The machine's .env."""

    title = "Settings"

    def __init__(self, host: Host, place: Place, answers: Answers, address: Callable[[], str]) -> None:
        self._host, self._place, self._answers, self._address = host, place, answers, address

    def _missing(self) -> dict[str, str]:
        text = self._place.text()
        return settings.changed(text, self._wanted()) if self._place.env.exists() else self._wanted()

    def _wanted(self) -> dict[str, str]:
        values = {each.name: self._answers.known(each) for each in (*QUESTIONS, *UNASKED) if not each.is_secret}
        has_token = bool(self._answers.value("CLOUDFLARED_TOKEN"))
        now = {name: self._place.setting(name) for name in settings.FOLLOWS}
        wanted = {**self._of_the_checkout(), **settings.derived(values, now, has_token), "BIND_ADDR": self._address()}
        wanted |= {name: value for name, value in values.items() if value}
        profiles = self._place.setting("COMPOSE_PROFILES")
        if has_token:
            profiles = settings.with_profile(profiles, "tunnel")
        if self._answers.value("DISCORD_TOKEN"):
            profiles = settings.with_profile(profiles, "discord")
        if profiles:
            wanted["COMPOSE_PROFILES"] = profiles
        return wanted

    def _of_the_checkout(self) -> dict[str, str]:
        """Return what git knows: which version this is, and where its documents can be read.

        Images without a version were built by hand: they stay what runs here, until a deploy.
        """
        by_hand = (
            self._host.attempt(*self._host.docker("image", "inspect", "stream-scout/recorder:local")).returncode == 0
        )
        found = {
            "STREAM_SCOUT_VERSION": "" if by_hand else self._host.attempt("git", "describe", "--always").stdout.strip(),
            "OPERATIONS_URL": settings.operations_url(self._host.attempt("git", "remote", "get-url", "origin").stdout),
        }
        return {name: value for name, value in found.items() if value and not self._place.setting(name)}

    def state(self) -> State:
        """Compare .env with what was answered."""
        missing = self._missing()
        if missing or not self._place.env.exists():
            return State(False, f"{len(missing)} to be written into .env")
        return State(True, f"{self._place.env.name} has them")

    def do(self) -> None:
        """Write .env whole."""
        self._place.write(self._missing())
