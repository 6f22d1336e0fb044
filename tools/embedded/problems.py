"""What a person has to put right before something can start."""


class SetupError(Exception):
    """Its message says what is missing or wrong and what to do about it; it is shown without a traceback."""
