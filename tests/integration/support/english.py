"""Tells what is left of English on a German page."""

import re

from api_frontend.translation import catalogue

SAME = {"API", "OpenAPI", "Live", "Clip", "Clips", "Chat", "Filter", "Status", "Streams", "Copypasta", "copypasta"}


def english() -> re.Pattern[str]:
    """Finds a text that is one of the catalogue's as it was before it was translated."""
    whole = []
    for message in catalogue("de"):
        forms = message.id if isinstance(message.id, (tuple, list)) else [message.id]
        said = message.string if isinstance(message.string, (tuple, list)) else [message.string]
        whole += [text for text, german in zip(forms, said, strict=True) if text and text != german]
    assert len(whole) > 400
    pieces = [piece for text in whole for piece in re.split("<[^>]+>", text)]
    patterns = {re.sub(r"%\\\((\w+)\\\)s", ".+", re.escape(piece.strip())) for piece in pieces}
    real = {each for each in patterns if re.search("[a-z]{2}", each.replace(".+", "")) and each not in SAME}
    return re.compile("|".join(sorted(real, key=len, reverse=True)))


ENGLISH = english()
