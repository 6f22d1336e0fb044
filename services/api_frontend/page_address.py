"""The absolute address of the page that is being answered: for canonical links, cards, feeds and the sitemap."""

from contextvars import ContextVar
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import quote

PATH_CHARACTERS = "/:@!$&'()*+,;=~-._"  # RFC 3986, 3.3: what a path may hold as it is


@dataclass(frozen=True)
class PageAddress:
    """`root` is scheme and host without a slash at the end, `path` the page's, decoded and without a query.

    `query` is what was asked for, encoded and without the language; None where the answer is not to a reading request.
    """

    root: str
    path: str
    query: str | None = ""

    @cached_property
    def encoded_path(self) -> str:
        """The path as an address has it."""
        return quote(self.path, safe=PATH_CHARACTERS)

    def absolute(self, path: str) -> str:
        """Return the absolute address of a path of this site that is encoded already, with or without a query."""
        return f"{self.root}{path}"

    def canonical(self, query: str = "") -> str:
        """Return the page's own address; of its query only what is given, encoded."""
        return self.absolute(f"{self.encoded_path}?{query}" if query else self.encoded_path)

    def in_language(self, language: str) -> str:
        """Return the path of the same page in another language; the first page where this one cannot be asked for."""
        if self.query is None:
            return f"/?lang={language}"
        path = self.encoded_path
        return f"{path}?{self.query}&lang={language}" if self.query else f"{path}?lang={language}"


# Set for each request by `middleware.public_address`, so that no view has to hand it to its template.
CURRENT: ContextVar[PageAddress] = ContextVar("page_address", default=PageAddress("http://localhost", "/"))  # noqa: B039
