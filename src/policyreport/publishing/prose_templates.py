"""Templates of an edition's own texts: each value that they print is noted, and numbers typed by hand are found."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from jinja2 import TemplateSyntaxError, pass_context
from jinja2.nodes import Assign, Const, Expr, Filter, Getattr, Getitem, List, Node, Output, Template, TemplateData
from jinja2.runtime import Context

from policyreport.errors import RenderError
from policyreport.params.reading import validate_strict
from policyreport.params.untrusted import refused_sign
from policyreport.publishing.accepted import BEGIN, END, PRINTED, THEN, Accepted, Written, find_sentences
from policyreport.publishing.edition_prose import COMMENTS, TYPED, Head, Passage
from policyreport.publishing.numerals import NUMERAL, Numerals
from policyreport.publishing.page_files import FRONT_MATTER, parse_yaml, read_text
from policyreport.publishing.record_numbers import NUMBER, amount, find_numbers
from policyreport.publishing.templates import NotKnown, Sandbox, Templates
from policyreport.records.formats import Formats
from policyreport.records.markdown import Markdown, attribute, escape, mark, unmarked

# What would reach beyond the text, or hide what follows.
_MARKUP = re.compile(r"<[A-Za-z/!?]|\{\{|^[ \t]*(?:```|~~~|:::)|^[ \t]*#{1,2}[ \t]|\{=", re.MULTILINE)
_NAMES_SHOWN = 3


class NotingSandbox(Sandbox):
    """Also marks each printed value with what is written for it, and with the rows behind it."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.written: list[Written] = []

    def _parse(self, source: str, name: str | None, filename: str | None) -> Template:
        tree = super()._parse(source, name, filename)
        written = list(_written(self.lex(source)))
        for output in tree.find_all(Output):
            output.nodes = [
                node if isinstance(node, TemplateData) else self._noted(node, written.pop(0)) for node in output.nodes
            ]
        return tree

    def _noted(self, node: Expr, written: Written) -> Expr:
        self.written.append(written)
        behind = [List([List([base, part]) for base, part in chain]) for chain in _chains(node)]
        given = [Const(len(self.written) - 1), List(behind)]
        noted = Filter(node, "noted", given, [], None, None)
        return noted.set_lineno(node.lineno).set_environment(self)  # type: ignore[return-value]


def _written(tokens: Iterable[tuple[int, str, str]]) -> Iterator[Written]:
    """Yield what stands between the marks of each printed value."""
    inside: list[str] | None = None
    for line, token, text in tokens:
        if token == "variable_begin":
            inside, begun = [], line
        elif token == "variable_end" and inside is not None:
            yield Written(" ".join("".join(inside).split()), begun)
            inside = None
        elif inside is not None:
            inside.append(text)


def _literal(tokens: Iterable[tuple[int, str, str]]) -> str:
    """Return what is written literally; an x for each sign of a value, spaces for what chooses among texts."""
    parts, blank = [], " "
    for _, token, text in tokens:
        blank = "x" if token == "variable_begin" else " " if token.endswith("_begin") else blank
        parts.append(text if token == "data" else re.sub(r"[^\n]", blank, text))
    return "".join(parts)


def _line(text: str, at: int) -> int:
    return text.count("\n", 0, at) + 1


def _chains(node: Node) -> Iterator[list[tuple[Node, Node]]]:
    """Yield for each value in an expression the objects it is a part of, innermost first, each with the part's name."""
    chain: list[tuple[Node, Node]] = []
    while isinstance(node, (Getattr, Getitem, Filter)):
        if isinstance(node, Getattr):
            chain.append((node.node, Const(node.attr)))
        elif isinstance(node, Getitem) and isinstance(node.arg, Const):
            chain.append((node.node, node.arg))
        if node.node is None:
            break
        node = node.node
    if chain:
        yield chain
        return
    for child in node.iter_child_nodes():
        yield from _chains(child)


@pass_context
def noted(context: Context, value: Any, number: int, chains: Sequence[Sequence[tuple[Any, Any]]]) -> Markdown:
    """Print a value between marks that say which it is; with the mark of the rows behind it, if it has none."""
    text = str(context.environment.finalize(value))  # type: ignore[misc]
    if PRINTED.search(text):
        return Markdown(text)
    if unmarked(text) == text and re.search(r"\d", text):
        text = mark(text, dict.fromkeys(row for chain in chains for row in _rows_behind(chain)))
    return Markdown(f"{BEGIN}{number}{THEN}{text}{END}")


def _rows_behind(chain: Sequence[tuple[Any, Any]]) -> Sequence[str]:
    for base, part in chain:
        if "#" in str(getattr(base, "id", "")) and hasattr(base, "source"):
            return (base.id,)
        inputs = getattr(base, f"{part}_inputs", None) or getattr(base, "inputs", None)
        if rows := inputs.get(part, ()) if isinstance(inputs, Mapping) else inputs:
            return tuple(rows)
    return ()


def typed_by_hand(text: str, reason: str) -> Markdown:
    """Print a number that no record holds, with the reason: ``[[ "8%" | typed("Set by the Party congress.") ]]``."""
    if not reason.strip():
        raise ValueError("a reason")
    return Markdown(f'[{escape(str(text))}]{{.{TYPED} title="{attribute(reason)}"}}')


class ProseTemplates(Templates):
    """Fills the texts of an edition's folder in one language."""

    sandbox = NotingSandbox

    def __init__(
        self, folder: Path, formats: Formats, filters: Mapping[str, Callable[..., object]], place: str,
        numerals: Numerals, store: Path, nation: str,
    ) -> None:  # fmt: skip
        super().__init__(folder, formats, {**filters, "noted": noted, "typed": typed_by_hand}, place)
        self._language, self._numerals = formats.language, numerals
        self._store, self._nation = store, nation

    def passage(self, name: str, values: Mapping[str, object], kept: Sequence[Accepted]) -> Passage | None:
        """Fill a text; none where nothing is written in it yet."""
        file = f"{name}.md"
        place, body = self._place(file), read_text(self.folder / file, self._place(file))
        head = self._head(body, place)
        of_province = name.startswith(f"{COMMENTS}/")
        typed = self._checked(file, body, place)
        if typed and not of_province:
            raise self._typed_error(place, typed)
        passage = Passage(name, place, self._language, head, "", typed=tuple(typed))
        try:
            text = self.fill(file, values).strip()
        except RenderError as error:
            cause = error.__cause__
            if isinstance(cause, NotKnown) and cause.parent is None:
                # The record of a notebook that failed or was not run.
                return Passage(name, place, self._language, head, "", computed=False)
            raise
        if not text:
            return None
        if of_province and head.date is None:
            todo = "Begin the file with the lines `---`, `date: 2026-04-15`, `---`."
            raise RenderError(place, "the day of the province's comment in the front matter", "none", todo)
        sentences = find_sentences(text, self._written, kept)
        return Passage(name, place, self._language, head, text, sentences, passage.typed)

    @property
    def _written(self) -> Sequence[Written]:
        return self._sandbox.written  # type: ignore[attr-defined, no-any-return]

    def _head(self, text: str, place: str) -> Head:
        match = FRONT_MATTER.match(text)
        if match is None or not match["head"].strip():
            return Head()
        return validate_strict(Path(place), parse_yaml(match["head"], place), Head)

    def _checked(self, file: str, text: str, place: str) -> list[tuple[int, str]]:
        """Refuse what reaches beyond a text; list the numbers typed by hand, each with its line."""
        if got := refused_sign(text):
            raise RenderError(place, "letters, digits and signs that can be seen", got, "Delete it.")
        source = self._load(file)[0]
        try:
            tree = Sandbox._parse(self._sandbox, source, file, place)
            literal = _literal(self._sandbox.lex(source))
        except TemplateSyntaxError:
            # Filling says what is wrong, and where.
            return []
        if match := _MARKUP.search(literal):
            where = f"{place}, line {_line(literal, match.start())}"
            expected = "paragraphs, lists, tables, quotations, links and headings from ### on"
            raise RenderError(where, expected, f'"{match[0].strip()}"', "Write it without.")
        typed = [(_line(literal, at), numeral) for at, numeral in self._numerals.amounts(literal)]
        printed: list[Node] = [node for output in tree.find_all(Output) for node in output.nodes]
        printed += [node.node for node in tree.find_all(Assign)]
        constants = [const for node in printed for const in _printed(node)]
        typed += [(const.lineno, str(const.value)) for const in constants if NUMERAL.search(str(const.value))]
        return sorted(typed, key=lambda item: item[0])

    def _typed_error(self, place: str, typed: Sequence[tuple[int, str]]) -> RenderError:
        (line, first), others = typed[0], typed[1:]
        more = "".join(f', line {line} "{numeral}"' for line, numeral in others)
        names = self._names_of(first)
        by_name = f"Write the value that is meant: {' or '.join(names)}." if names else "Write the value by its name."
        todo = f'{by_name} If no record holds it: [[ "{first}" | typed("why") ]].'
        return RenderError(f"{place}, line {line}", "no number typed by hand", f'"{first}"{more}', todo)

    def _names_of(self, numeral: str) -> list[str]:
        """Name fields of the national records that hold a number, as a template writes them."""
        english = numeral if self._language == "en" else numeral.translate(str.maketrans(".,", ",."))
        wanted = amount(NUMBER.search(english)[0])  # type: ignore[index]  # a numeral holds one
        names: dict[str, tuple[float, int]] = {}
        for record, path, value, _ in find_numbers(self._store, english):
            notebook = record.removeprefix(f"{self._nation}/")
            if notebook != record:
                of = f".{notebook}" if notebook.isidentifier() else f'["{notebook}"]'
                apart, of_one = abs(value - wanted), abs(100 * value - wanted)
                write = (" | percent" if of_one < apart else " | percentage") if "%" in numeral else ""
                names[f"[[ national{of}.{path}{write} ]]"] = min(apart, of_one), len(path)
        return sorted(names, key=lambda name: names[name])[:_NAMES_SHOWN]


def _printed(node: Node) -> Iterator[Const]:
    """Yield the constants that an expression may print; names of parts and settings of filters are none."""
    if isinstance(node, Const):
        yield node
    elif isinstance(node, (Filter, Getattr, Getitem)):
        if node.node is not None and not (isinstance(node, Filter) and node.name == TYPED):
            yield from _printed(node.node)
    else:
        for child in node.iter_child_nodes(exclude=("args", "kwargs", "test", "ops")):
            yield from _printed(child)
