"""Templates as one language says them: what they say to every reader of it is fixed text once they are compiled."""

from collections.abc import Callable, Mapping, MutableMapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, nodes
from jinja2.visitor import NodeTransformer

from api_frontend.reader import Reader, reading
from api_frontend.translation import marked_up, translate_in

HERE = Path(__file__).parent
Fixed = Mapping[str, Callable[..., Any]]  # what gives the same to every reader of a language, by its name in templates


class Fixing(NodeTransformer):
    """Calls what is fixed and gets constants, and joins what is written one after the other into one piece of text."""

    def __init__(self, fixed: Fixed) -> None:
        self._fixed = fixed

    def generic_visit(self, node: nodes.Node, *args: Any, **kwargs: Any) -> nodes.Node:
        """Change the parts of a node."""
        super().generic_visit(node, *args, **kwargs)
        for _, value in node.iter_fields():
            if isinstance(value, list):
                value[:] = joined(value)
        return node

    def visit_Call(self, node: nodes.Call) -> nodes.Node:  # noqa: N802  # Jinja's name
        """Replace a call by what it gives, if that is fixed."""
        self.generic_visit(node)
        make = self._fixed.get(node.node.name) if isinstance(node.node, nodes.Name) else None
        constants = [each.value for each in node.args if isinstance(each, nodes.Const)]
        if make is None or len(constants) < len(node.args) or node.kwargs or node.dyn_args or node.dyn_kwargs:
            return node
        return nodes.Const(make(*constants), lineno=node.lineno)


def joined(parts: list[Any]) -> list[Any]:
    """Return the parts of a template with neighbouring outputs as one."""
    found: list[Any] = []
    for part in parts:
        if isinstance(part, nodes.Output) and found and isinstance(found[-1], nodes.Output):
            found[-1].nodes.extend(part.nodes)
        else:
            found.append(part)
    return found


class SpokenTemplates(Environment):
    """The site's templates in one language. `fixed`: functions that they may call, done when they are compiled."""

    def __init__(self, language: str, fixed: Fixed) -> None:
        super().__init__(
            loader=FileSystemLoader(HERE / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        translate_in(self)
        self.globals.update(fixed)
        self._reader = Reader(language)
        self._fixing = Fixing({"_": marked_up, "gettext": marked_up, "language": lambda: language, **fixed})

    def compile(self, source: Any, name: Any = None, filename: Any = None, *args: Any, **kwargs: Any) -> Any:
        """Compile a template, with what is fixed in its place."""
        if isinstance(source, str):
            with reading(self._reader):
                source = self._fixing.visit(self.parse(source, name, filename))
        return super().compile(source, name, filename, *args, **kwargs)

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """Return what a template may name, in one dictionary, which is faster to copy than Jinja's chain of two."""
        return {**self.globals, **(d or {})}
