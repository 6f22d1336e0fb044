"""What ends a run, with what the operator is told."""


class InstallError(Exception):
    """The installation cannot go on; the text says why and what to do next."""


class UsageError(InstallError):
    """It was asked for what it cannot do: on this system, or with these words."""
