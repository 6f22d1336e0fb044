"""Split one IRC line of Twitch chat into tags, source, command, channel and text."""

from dataclasses import dataclass, field

TAG_ESCAPES = {"\\": "\\", ":": ";", "s": " ", "r": "\r", "n": "\n"}


class MalformedLineError(ValueError):
    """The line is not what Twitch documents; the text says how, without quoting what people wrote."""


@dataclass(frozen=True, slots=True)
class IrcLine:
    """`channel` is the login after `#`, "" where the command has none; `text` is the trailing parameter."""

    command: str
    tags: dict[str, str] = field(default_factory=dict)
    source: str = ""
    channel: str = ""
    text: str = ""
    parameters: tuple[str, ...] = ()

    def required(self, tag: str) -> str:
        """Return the tag's value; raises MalformedLineError where it is missing or empty."""
        value = self.tags.get(tag, "")
        if not value:
            raise MalformedLineError(f"{self.command}: tag {tag} is missing")
        return value

    def number(self, tag: str) -> int:
        """Return the tag's value as a whole number without a sign; raises MalformedLineError."""
        value = self.required(tag)
        if not (value.isascii() and value.isdigit() and len(value) <= 18):
            raise MalformedLineError(f"{self.command}: tag {tag} is not a number")
        return int(value)


def unescape(value: str) -> str:
    """Resolve IRCv3 escapes in a tag's value; a lone backslash at the end is dropped."""
    if "\\" not in value:
        return value
    out, characters = [], iter(value)
    for character in characters:
        if character == "\\":
            following = next(characters, "")
            out.append(TAG_ESCAPES.get(following, following))
        else:
            out.append(character)
    return "".join(out)


def parse_tags(raw: str) -> dict[str, str]:
    """Return the tags' unescaped values by name."""
    tags = {}
    for item in raw.split(";"):
        name, _, value = item.partition("=")
        if name:
            tags[name] = unescape(value)
    return tags


def parse_line(raw: bytes) -> IrcLine:
    """Parse one line without its line end; raises MalformedLineError."""
    rest = raw.decode("utf-8", "replace")
    tags: dict[str, str] = {}
    source = ""
    if rest.startswith("@"):
        head, _, rest = rest[1:].partition(" ")
        tags = parse_tags(head)
    rest = rest.lstrip(" ")
    if rest.startswith(":"):
        source, _, rest = rest[1:].partition(" ")
    rest = rest.lstrip(" ")
    middle, has_text, text = (" " + rest).partition(" :")
    words = middle.split()
    if not words:
        raise MalformedLineError("no command")
    command = words[0]
    if not (command.isascii() and command.isalnum()):
        raise MalformedLineError("the command is not a word")
    channel = next((word[1:] for word in words[1:] if word.startswith("#")), "")
    return IrcLine(command, tags, source, channel, text if has_text else "", tuple(words[1:]))
