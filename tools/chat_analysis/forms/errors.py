"""What is wrong with a file."""

CUT_GZIP = "the gzip file is cut or damaged"


class RecordingError(ValueError):
    """A file is no recording, or a line is no message or is earlier than the one before; the text names both."""
