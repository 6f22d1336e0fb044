"""The absolute address of the page that is being answered: for canonical links, cards, feeds and the sitemap."""

from contextvars import ContextVar
from dataclasses import dataclass
from urllib.parse import quote

PATH_CHARACTERS = "/:@!$&'()*+,;=~-._"  # RFC 3986, 3.3: what a path may hold as it is


@dataclass(frozen=True)
class PageAddress:
    """`root` is scheme and host without a slash at the end, `path` the page's, decoded and without a query."""

    root: str
    path: str

    def absolute(self, path: str) -> str:
        """Return the absolute address of a path of this site that is encoded already, with or without a query."""
        return f"{self.root}{path}"

    def canonical(self, query: str = "") -> str:
        """Return the page's own address; of its query only what is given, encoded."""
        path = quote(self.path, safe=PATH_CHARACTERS)
        return self.absolute(f"{path}?{query}" if query else path)


# Set for each request by `middleware.public_address`, so that no view has to hand it to its template.
CURRENT: ContextVar[PageAddress] = ContextVar("page_address", default=PageAddress("http://localhost", "/"))  # noqa: B039
