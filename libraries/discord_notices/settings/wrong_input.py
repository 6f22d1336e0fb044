"""What is said of what cannot be."""


class WrongInput(Exception):  # noqa: N818  (it is an answer, not a failure)
    """What somebody typed or chose cannot be; the text says what to type."""
