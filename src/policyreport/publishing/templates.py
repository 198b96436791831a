"""The pages of reports/ as templates: Quarto Markdown with Jinja2, filled at assembly.

``[[ value ]]`` prints a value (`policyreport.publishing.values`), ``[% if … %]`` chooses between sentences, ``[# … #]``
is a comment; Quarto's shortcodes stay as they are. A template can read what it is given, and call only macros and the
functions of `policyreport.publishing.values`. The guide is docs/how-to/change-sentences.md.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from jinja2 import FunctionLoader, StrictUndefined, TemplateError, TemplateNotFound, TemplateSyntaxError, UndefinedError
from jinja2.exceptions import SecurityError
from jinja2.nodes import Concat, Name, Template
from jinja2.runtime import Macro
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.utils import Namespace, missing

from policyreport.errors import PolicyReportError, RenderError, did_you_mean
from policyreport.publishing.page_files import FRONT_MATTER, read_text
from policyreport.publishing.values import TESTS, Texts, names_of
from policyreport.records.formats import Formats

# Jinja's own filters that choose among values; those that write text know nothing of Markdown.
KEPT_FILTERS = (
    "abs", "default", "first", "groupby", "items", "last", "length", "map", "max", "min", "reject", "rejectattr",
    "reverse", "select", "selectattr", "sort", "sum", "unique",
)  # fmt: skip
UNCLOSED = re.compile(r"innermost block that needs to be closed is '(\w+)'")
NO_FILTER = re.compile(r"No filter named '([^']*)'")


class NotKnown(UndefinedError):
    """A template prints or asks for something that is not there."""

    def __init__(self, unknown: Unknown, message: str) -> None:
        super().__init__(message)
        self.name = str(unknown._undefined_name)
        self.parent = unknown._undefined_obj


class Unknown(StrictUndefined):
    """Stands for what a template names and is not there; raises NotKnown at its first use."""

    __slots__ = ()

    def __init__(
        self, hint: str | None = None, obj: Any = missing, name: str | None = None, exc: type = UndefinedError
    ) -> None:
        super().__init__(hint, obj, name, partial(NotKnown, self) if exc is UndefinedError else exc)  # type: ignore[arg-type]


class Sandbox(ImmutableSandboxedEnvironment):
    """Lets templates read values and call macros, and nothing else."""

    functions: tuple[Callable[..., object], ...] = ()

    def is_safe_callable(self, obj: Any) -> bool:
        """Return whether a template may call this."""
        return isinstance(obj, Macro) or obj is Namespace or obj in self.functions

    def _parse(self, source: str, name: str | None, filename: str | None) -> Template:
        tree = super()._parse(source, name, filename)
        for node in tree.find_all(Concat):
            raise TemplateSyntaxError("~ joins texts before they are escaped", node.lineno, name, filename)
        return tree

    def getattr(self, obj: Any, attribute: str) -> Any:
        """Read a part of a value; of a mapping its keys, whatever methods it has."""
        if isinstance(obj, Mapping):
            return obj[attribute] if attribute in obj else self.undefined(obj=obj, name=attribute)
        return super().getattr(obj, attribute)


class Templates:
    """The templates of one folder in one language of numbers and dates.

    `filters` are further ones by name; messages name files by `place`, else by the folder's name.
    """

    sandbox = Sandbox

    def __init__(
        self,
        folder: Path,
        formats: Formats,
        filters: Mapping[str, Callable[..., object]] | None = None,
        place: str = "",
    ) -> None:
        self.folder, self._folder_place = folder, place or folder.name
        texts = Texts(formats)
        self._sandbox = self.sandbox(
            block_start_string="[%",
            block_end_string="%]",
            variable_start_string="[[",
            variable_end_string="]]",
            comment_start_string="[#",
            comment_end_string="#]",
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
            undefined=Unknown,
            autoescape=True,
            finalize=texts.printed,
            loader=FunctionLoader(self._load),
        )
        self._sandbox.functions = tuple(texts.functions.values())
        own = {name: write for name, write in self._sandbox.filters.items() if name in KEPT_FILTERS}
        self._sandbox.filters = own | texts.filters | dict(filters or {})
        self._sandbox.tests |= TESTS
        self._sandbox.globals = {**texts.functions, "namespace": Namespace}

    def fill(self, name: str, values: Mapping[str, object]) -> str:
        """Fill a page, without its front matter; raises RenderError with file and line of a mistake in a template."""
        try:
            return "\n" + self._sandbox.get_template(name).render(values).lstrip("\n")
        except RenderError:
            raise
        except (TemplateError, PolicyReportError, TypeError, ValueError, ArithmeticError) as error:
            raise self._located(name, error, values) from error

    def _load(self, name: str) -> tuple[str, str, None]:
        """Read a template; blank lines stand for the front matter, so that lines are those of the file."""
        path = self.folder / name
        if not path.is_file():
            raise TemplateNotFound(name)
        text = read_text(path, self._place(name))
        if match := FRONT_MATTER.match(text):
            text = "\n" * text[: match.start("body")].count("\n") + match["body"]
        return text, self._place(name), None

    def _place(self, name: str) -> str:
        return f"{self._folder_place}/{name}"

    def _located(self, page: str, error: Exception, values: Mapping[str, object]) -> RenderError:
        """Say what is wrong in which line of which template, and what to do."""
        if isinstance(error, TemplateSyntaxError):
            return self._misspelt(error)
        place, line = self._line(error, self._place(page))
        where = f"{place}, line {line}" if line else place
        if isinstance(error, TemplateNotFound):
            known = [path.relative_to(self.folder).as_posix() for path in self.folder.rglob("sentences/*.md")]
            return RenderError(where, "a file of sentences", f'"{error.name}"', did_you_mean(str(error.name), known))
        if isinstance(error, NotKnown):
            inside = "a value of this page" if error.parent is missing else "a value that is there"
            names = self._names(place, values) if error.parent is missing else names_of(error.parent)
            todo = did_you_mean(error.name, names)
            if isinstance(error.parent, (list, tuple)):
                todo = f"The value before it is a list of {len(error.parent)}: choose one by its place, from [0] on."
            return RenderError(where, inside, f'"{error.name}"', todo)
        if isinstance(error, SecurityError):
            todo = "A template reads values and calls macros."
            return RenderError(where, "a value, a filter or a macro", str(error).rstrip("."), todo)
        got = error.got if isinstance(error, PolicyReportError) else " ".join(str(error).split()).rstrip(".")
        wanted = error.expected if isinstance(error, PolicyReportError) else "a value that this filter can write"
        return RenderError(where, wanted, got, "Give it another value, or use another filter.")

    def _misspelt(self, error: TemplateSyntaxError) -> RenderError:
        """Name the block that is not closed, the filter that does not exist, or what the parser found."""
        place, line, message = str(error.filename), error.lineno, " ".join(str(error.message).split())
        if unclosed := UNCLOSED.search(message):
            opened = self._opened(str(error.source), unclosed[1]) or line
            wanted = f"[% end{unclosed[1]} %] after [% {unclosed[1]} … %]"
            return RenderError(f"{place}, line {opened}", wanted, message.partition(". ")[0], "Close the block.")
        where = f"{place}, line {line}"
        if no_filter := NO_FILTER.search(message):
            near = did_you_mean(no_filter[1], self._sandbox.filters)
            return RenderError(where, "a filter of templates", f'"{no_filter[1]}"', near)
        wanted = "a template by docs/how-to/change-sentences.md"
        return RenderError(where, wanted, message.rstrip("."), "Correct that line.")

    def _opened(self, source: str, kind: str) -> int | None:
        """Return the line of the last block of a kind that no end closes."""
        lines: list[int] = []
        for line, token, text in self._sandbox.lex(source):
            if token == "name" and text == kind:
                lines.append(line)
            elif token == "name" and text == f"end{kind}" and lines:
                lines.pop()
        return lines[-1] if lines else None

    def _line(self, error: BaseException, page: str) -> tuple[str, int]:
        """Return the innermost line of a template that an error went through."""
        place, line, step = page, 0, error.__traceback__
        while step is not None:
            if step.tb_frame.f_code.co_filename.startswith(f"{self._folder_place}/"):
                place, line = step.tb_frame.f_code.co_filename, step.tb_lineno
            step = step.tb_next
        return place, line

    def _names(self, place: str, values: Mapping[str, object]) -> set[str]:
        """List what a template may name: what the page is given, and what the template sets itself."""
        source = self._load(place.removeprefix(f"{self._folder_place}/"))[0]
        own = {node.name for node in self._sandbox.parse(source).find_all(Name) if node.ctx != "load"}
        return {*values, *self._sandbox.globals, *own}
