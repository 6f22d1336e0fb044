"""What is said at the beginning, while B joins, and at the end: each time with the next command."""

from collections.abc import Callable

from install.join.handover import Line
from install.machine.system import System
from install.roles import Role

AGAIN = "infrastructure/install.sh"
NOBODY_JOINED = f"30 minutes are over, and no machine has joined. A new line: {AGAIN} invite"
AFTER_THE_JOIN = """
Next: the sign-in at Twitch, where machine B's installer asks for it. Afterwards, on B: make status"""


def greeting(role: Role, system: System) -> str:
    """Say what will happen, and what to do if it is cut off."""
    return (
        f"Stream Scout: installing machine {role.letter} ({role.name}) on {system}.\n"
        f"The first time it takes about {role.minutes} minutes. Cut off, or killed? Run it again: it goes on.\n"
    )


def before_questions(number: int) -> str:
    """Say how much is asked, and where it goes."""
    return (
        f"{number} questions, then nothing more to type but Tailscale's sign-in. Enter alone leaves one empty.\n"
        "Answers go into .env, secrets into secrets/; no other run asks for them again."
    )


def end_on_a(setting: Callable[[str], str]) -> str:
    """Say where the site is."""
    text = f"Machine A runs. In your tailnet: http://{setting('BIND_ADDR')}:5000"
    if "tunnel" in setting("COMPOSE_PROFILES").split(","):
        text += f"\nFor everybody: {setting('API_PUBLIC_URL')}, once the tunnel's public hostname leads to http://proxy:5000"
    return text


def next_on_a(setting: Callable[[str], str]) -> str:
    """Say what comes after machine A."""
    if other := setting("MACHINE_B"):
        return f"\nMachine B is {other}. Next: make status, on B. For another B: {AGAIN} invite"
    return f"\nNext, here, for a line by which machine B joins: {AGAIN} invite"


def invitation(line: Line) -> str:
    """Say what to do on machine B. The line is pasted where it is not shown, so no shell remembers it."""
    return (
        f"\nNext, on machine B, in its checkout:\n\n    {AGAIN} processing\n\n"
        f"and, where it asks for it, this line. It is good once, for 30 minutes, while this waits (Ctrl-C ends it):\n\n"
        f"    {line}\n"
    )


def end_on_b(waiting: tuple[str, ...]) -> str:
    """Say how to see that it works."""
    if waiting:
        return (
            "Machine B runs, without clips: nobody has signed in at Twitch.\n"
            f"Next, at a terminal on B: {AGAIN} processing"
        )
    return "Machine B runs. The first moments come within minutes of a burst.\nNext: make status"
