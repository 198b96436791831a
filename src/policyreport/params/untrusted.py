"""Checks on what comes from outside (characters and length of texts, days, links, JSON), and kinds of text in params/.

How much is allowed is in `policyreport.params.limits`. Addresses, ids that become part of Markdown, and the few texts
that are Markdown have types of their own; every other text is plain: pages show it letter by letter.
"""

import json
import re
import unicodedata
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, Field

from policyreport.errors import DataError, PolicyReportError
from policyreport.params.limits import JSON_DEPTH, NUMBER_DIGITS, TEXT_LENGTH, TEXT_LENGTHS
from policyreport.records.markdown import written_address

YEARS = (1900, 2100)
"""Bounds of any day, period or publication: a mistyped digit lies outside."""
# Invisible characters that some languages need, or that are copied along with text from a page.
_INVISIBLE = frozenset("\u00ad\u200b\u200c\u200d\u2060\ufeff")
_REFUSED = {
    "Cc": "a control character",
    "Cf": "an invisible sign that changes how text runs",
    "Cs": "half a letter",
    "Co": "a private sign",
    "Cn": "no letter",
    "Zl": "a line separator",
    "Zp": "a paragraph separator",
}

# TeX commands that lead out of a formula, and what begins another language.
_LEADS_OUT = re.compile(
    r"\\(?:href|url|html\w*|class|cssId|style|require|input|include\w*|unicode)\b|[<>]\s*/?script", re.I
)
_MATHS = re.compile(r"(?<!\\)\$(?:[^$\\]|\\.)+\$")
_CODE = re.compile(r"`[^`\n]+`(?!\{)")
_LINK = re.compile(r"(?<!!)\[[^\[\]]*\]\((?P<target>[^()\s]+)\)")
# HTML, attributes, shortcodes, pictures, footnotes, definitions of links, divisions, blocks, raw TeX, citations.
_MARKUP = re.compile(
    r"<[A-Za-z/!?]|[{}]|!\[|\[\^|\^\[|\]:|\]\(|^\s*(?:[#>|]|:::|```|~~~|[-=]{3})|\\[A-Za-z]|(?<![\w.])-?@\w|&#?\w+;",
    re.MULTILINE,
)
Id = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]
"""Becomes part of ids, file names and addresses."""


def refused_sign(text: str) -> str:
    """Describe the first character that would hide, reverse or break the text around it; empty where there is none.

    Tabs and line ends are allowed. For example: ``U+202E (RIGHT-TO-LEFT OVERRIDE), an invisible sign that changes how
    text runs, after "Nghệ"``.
    """
    if text.isprintable():
        return ""
    for at, sign in enumerate(text):
        kind = unicodedata.category(sign)
        if kind in _REFUSED and sign not in "\t\n\r" and sign not in _INVISIBLE:
            name = unicodedata.name(sign, "")
            after = f', after "{text[max(at - 20, 0) : at]}"' if at else ", at the beginning"
            return f"U+{ord(sign):04X}{f' ({name})' if name else ''}, {_REFUSED[kind]}{after}"
    return ""


def require_text(text: str, where: str, field: str = "text", error: type[PolicyReportError] = DataError) -> None:
    """Raise an error for a text with a refused character, or too long for its field.

    `where` is file and key, or file, row and column; a `field` outside `limits.TEXT_LENGTHS` has the general limit.
    """
    if got := refused_sign(text):
        raise error(where, "letters, digits and signs that can be seen", got, "Delete it, or retype the text.")
    most = TEXT_LENGTHS.get(field, TEXT_LENGTH)
    if len(text) > most:
        expected = f"a {field.replace('_', ' ')} of at most {most:,} characters"
        raise error(where, expected, f'{len(text):,}: "{text[:40]}…"', "Shorten it.")


def require_day(day: date, where: str, error: type[PolicyReportError] = DataError) -> None:
    """Raise an error for a day that no source of this project can have."""
    if not YEARS[0] <= day.year <= YEARS[1]:
        raise error(where, f"a day between {YEARS[0]} and {YEARS[1]}", day.isoformat(), "Correct the year.")


def require_inside(path: Path, folder: Path, error: type[PolicyReportError] = DataError) -> None:
    """Raise an error for a symbolic link that leads out of a folder."""
    if path.is_symlink() and not (real := path.resolve()).is_relative_to(folder.resolve()):
        todo = "Put the file itself there in place of the link."
        raise error(str(path), f"a file inside {folder.name or folder}", f"a link to {real}", todo)


def read_json(body: bytes) -> Any:
    """Read JSON in UTF-8 from outside, with numbers as they were written, as Decimal.

    Raises ValueError, saying why, for anything else, ``NaN`` or ``Infinity``, a number of more than 30 characters, or
    more than 40 levels.
    """
    try:
        document = json.loads(
            body.decode("utf-8-sig"),
            parse_float=_number,
            parse_int=_number,
            parse_constant=_no_constant,
        )
    except RecursionError:
        raise ValueError(f"more than {JSON_DEPTH} levels") from None
    _require_shallow(document)
    return document


def _number(text: str) -> Decimal:
    if len(text) > NUMBER_DIGITS:
        raise ValueError(f"a number of {len(text):,} signs")
    return Decimal(text)


def _no_constant(word: str) -> Any:
    raise ValueError(f"{word}, which is no number")


def _require_shallow(document: Any) -> None:
    level = [document]
    for _ in range(JSON_DEPTH):
        level = [
            part
            for node in level
            if isinstance(node, dict | list)
            for part in (node.values() if isinstance(node, dict) else node)
        ]
        if not level:
            return
    raise ValueError(f"more than {JSON_DEPTH} levels")


def _address(text: str) -> str:
    try:
        written_address(text)
    except ValueError as wrong:
        raise ValueError(f"an address that begins with http:// or https:// ({wrong})") from None
    return text


def _formula(text: str) -> str:
    if match := _LEADS_OUT.search(text):
        raise ValueError(f'a formula without "{match[0]}"')
    return text


def _markdown(text: str) -> str:
    """Allow emphasis, code, formulas, and links to http, https or a page of the site."""
    for formula in _MATHS.findall(text):
        _formula(formula)
    rest = _CODE.sub("", _MATHS.sub("", text))
    for link in _LINK.finditer(rest):
        if not re.fullmatch(r"#?[\w-]+(?:\.html)?(?:#[\w-]+)?", link["target"]):
            _address(link["target"])
    if match := _MARKUP.search(_LINK.sub("", rest)):
        expected = "Markdown of emphasis, code, formulas and links alone"
        raise ValueError(f'{expected}, without "{match[0].strip()}"')
    return text


Address = Annotated[str, AfterValidator(_address)]
Citation = Annotated[str, AfterValidator(lambda text: _address(text) if ":" in text else text)]
"""An address, which has a colon, the key of a raw file, or plain text."""
Formula = Annotated[str, AfterValidator(_formula)]
"""LaTeX."""
MarkdownText = Annotated[str, Field(min_length=1), AfterValidator(_markdown)]
