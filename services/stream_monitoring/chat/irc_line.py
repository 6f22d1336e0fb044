"""Split one IRC line of Twitch chat into tags, source, command, channel and text."""

from dataclasses import dataclass, field

TAG_ESCAPES = {"\\": "\\", ":": ";", "s": " ", "r": "\r", "n": "\n"}


class MalformedLineError(ValueError):
    """The line is not what Twitch documents; the text says how, without quoting what people wrote."""


@dataclass(frozen=True, slots=True)
class IrcLine:
    """One line. `channel`: the login after `#`, "" where there is none. `text`: the last parameter but the channel."""

    command: str
    tags: dict[str, str] = field(default_factory=dict)
    source: str = ""
    channel: str = ""
    text: str = ""

    @property
    def login(self) -> str:
        """Who sent the line: the tag of a notice, else the source's name."""
        return self.tags.get("login") or self.source.partition("!")[0]

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
    parameters = words[1:]
    channel_at = next((at for at, word in enumerate(parameters) if word.startswith("#")), -1)
    channel = parameters[channel_at][1:] if channel_at >= 0 else ""
    if not has_text and parameters and channel_at != len(parameters) - 1:
        text = parameters[-1]  # the colon may be left out before a last parameter of one word
    return IrcLine(command, tags, source, channel, text)
