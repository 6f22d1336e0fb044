"""The account in whose name clips are made."""

from install.errors import InstallError
from install.stack import Stack
from install.steps import State

CLIPS = "clip-creator"
PROGRAM = ("run", "--rm", "--no-deps", CLIPS, "python", "seed_twitch_tokens.py", "--device")
TOKENS = "twitch/twitch_user_tokens.json"


class SignIn:
    """Somebody has signed in at Twitch, before clip-creator runs for the first time; without, it would alarm."""

    title = "Sign-in at Twitch"

    def __init__(self, stack: Stack) -> None:
        self._stack = stack

    def state(self) -> State:
        """Look for the tokens."""
        if not self._stack.place.setting("TWITCH_CLIENT_ID"):
            return State(True, "not needed: without a Twitch application no clips are made")
        try:
            is_there = (self._stack.place.secrets / TOKENS).stat().st_size > 0
        except OSError:
            is_there = False
        return State(is_there, "somebody has signed in" if is_there else "open the address below, in any browser")

    def do(self) -> None:
        """Let the program print its address and code, and wait for the browser."""
        command = self._stack.compose(*PROGRAM)
        if self._stack.host.shown(*command):
            raise InstallError(f"Nobody has signed in. Again: infrastructure/install.sh {self._stack.role.name}")

    def waiting(self) -> tuple[str, ...]:
        """Return the services that have to wait for it."""
        return () if self.state().is_done else (CLIPS,)
