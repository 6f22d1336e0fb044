"""Sentences for people with their numbers filled in: English by itself; the website says them in its readers' language.

A message is a whole sentence with named places, `%(count)s people`; a literal percent sign is written `%%`.
"""


def marked(text: str) -> str:
    """Return the text as it is: it stands in a table, and is translated where it is shown."""
    return text


class Wording:
    """English, as the messages are written. Another language overrides `translated`, `chosen` and `number`."""

    def gettext(self, message: str, **values: object) -> str:
        """Return the message with its values; whole numbers are grouped."""
        return self.filled(self.translated(message), values)

    def ngettext(self, one: str, many: str, count: int, **values: object) -> str:
        """Return the message that fits the count, which its place `%(num)s` shows."""
        return self.filled(self.chosen(one, many, count), {"num": count} | values)

    def number(self, value: float, digits: int = 0) -> str:
        """Write a number with so many decimal digits, thousands grouped."""
        return f"{value:,.{digits}f}"

    def translated(self, message: str) -> str:
        """Return the message in this language, its places still empty."""
        return message

    def chosen(self, one: str, many: str, count: int) -> str:
        """Return the form of the message that fits the count, its places still empty."""
        return one if count == 1 else many

    def filled(self, message: str, values: dict[str, object]) -> str:
        """Fill the places of a message."""
        written = {name: self.number(each) if type(each) is int else each for name, each in values.items()}
        return message % written


ENGLISH = Wording()
