"""The second net for secrets: services hide the values of fields that name one, but a text may quote an address."""

import re

HIDDEN = "***"
END = r"[^\s\"'\\&,;@)\]}<>]"  # what a secret is made of, in a text that may be JSON
SECRET = re.compile(
    rf"(?P<before>oauth:|\bBearer (?=\S{{12}})|/api(?:/v\d+)?/webhooks/\d+/"
    rf"|\b[\w-]*(?:token|secret|password|passwd|api_?key|authorization)=(?!\*)"
    rf"|\b[a-z][a-z+]*://[^\s:/@\"']+:(?=[^\s/@\"']+@))"
    rf"{END}+",
    re.IGNORECASE,
)
MARKS = re.compile(r"oauth:|bearer |webhooks/|=|://", re.IGNORECASE)  # without one of these there is no secret


def masked(text: str) -> str:
    """Return the text with what looks like a secret hidden; a line of JSON stays one."""
    return SECRET.sub(rf"\g<before>{HIDDEN}", text) if MARKS.search(text) else text
