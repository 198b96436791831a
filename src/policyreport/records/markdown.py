"""Turn data into Markdown that shows it literally, links that lead where they say, and values that name their rows.

Everything on a page that was not written for it (a name, a title, a note, a unit, a message) passes through `escape`
once. `escape` and `link` return `Markdown`, which `escape` leaves as it is.

A marked value stands between characters of Unicode's private use area: `OPEN`, the value, `BETWEEN`, the ids of its
rows, `CLOSE`. No text of a sheet, a sidecar or a parameter can hold these (`policyreport.params.untrusted` refuses
them, `escape` removes them), so only `mark` makes a mark. An id is a ledger row (``file.csv#row``), a whole raw
file (``file.csv``), the boundaries (``data/boundaries/areas.csv``) or an entry of the policy
(``params/policy.yaml#R57-09``).
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from urllib.parse import quote, urlsplit

from policyreport.errors import PolicyReportError

# Characters that mean something to pandoc, Quarto, CommonMark or the marks of values anywhere in a line.
_ALWAYS = r"\\`*_{}\[\]<>#|$@^~&\"!=+"
# These are written as character references: after a backslash some readers take them for mathematics.
_AS_REFERENCE = frozenset("\\[]()$")
_ENGLISH = re.compile(
    r"\b(?:a|about|after|all|and|are|as|at|by|each|every|for|from|has|in|into|is|it|its|no|not|of|on|one|only|or|than|"
    r"that|the|their|to|under|when|which|with|year|years)\b",
    re.IGNORECASE,
)
_SPECIAL = re.compile(
    r"\A(?:\(?\w+[.)](?=\s|$)|[-:(%])"  # makes a list, a heading or a quotation of the line that begins with it
    rf"|[{_ALWAYS}]"
    r"|-(?!(?<=[^\W_]-)(?=[^\W_])|(?<=[^\W_] -)(?= [^\W_]))"  # not a hyphen in a word or a dash between two
    # An apostrophe in a word or after a plural stays, for pandoc to curve as in the surrounding text.
    r"|'(?!(?<=[^\W\d_]')(?=[^\W\d_])|(?<=s')(?= [^\W\d_]))"
    r"|:(?!\s|$|(?<=\d:)(?=\d))"  # no address, no emoji; the colon of a sentence or a time stays
    r"|\.(?=\.)|(?<=\.)\."  # no ellipsis
    r"|(?<=\bwww)\.",
    re.IGNORECASE,
)
# ASCII white space only: a non-breaking space between a number and its unit stays.
_SPACES = re.compile(r"[ \t\n\r\f\v\x1c-\x1f\x85\u2028\u2029]+")
# Private-use and control characters, among them the delimiters of marks.
_PRIVATE = re.compile("[\ue000-\uf8ff\U000f0000-\U0010ffff\x00-\x08\x0e-\x1b\x7f]")
# Includes white space other than a plain space: pandoc drops it at the ends of a value.
_IN_ATTRIBUTE = re.compile(r"[!-$&-*<->@\[-`{-~]|[^\S ]")
_WRITTEN = re.compile(r"\\(?P<sign>[!-/:-@\[-`{-~])|&#(?P<number>36|40|41|91|92|93);")
_IN_ADDRESS = "-._~:/?#@&+,=%"
_BROKEN_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_HOST = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)(?:\.(?!-)[a-z0-9-]{1,63}(?<!-))*\.?", re.IGNORECASE)

POLICY = "params/policy.yaml"
BOUNDARIES = "data/boundaries/areas.csv"
OPEN, BETWEEN, CLOSE = "\ue000", "\ue001", "\ue002"
MARK = re.compile(f"{OPEN}(?P<text>[^{OPEN}-{CLOSE}]+){BETWEEN}(?P<rows>[^{OPEN}-{CLOSE}]*){CLOSE}")
_NUMBERS = re.compile(r"\d+(?:-\d+)?(?:,\d+(?:-\d+)?)*")


class Markdown(str):
    """Text that is already Markdown, so that it is not escaped twice."""

    __slots__ = ()

    def __html__(self) -> str:
        """Return the text itself: Jinja, too, is not to escape it."""
        return self


def escape(text: str) -> Markdown:
    """Write a text as one line of Markdown that shows it letter by letter, also in a table cell; only ' may be curved.

    It holds for pandoc, Quarto and the CommonMark of JupyterLab. Private-use characters become U+FFFD.
    """
    if isinstance(text, Markdown):
        return text
    return Markdown(_SPECIAL.sub(_written_out, _on_one_line(text)))


def in_english(text: str, language: str, *, always: bool = False) -> str:
    """Mark an English text as such on a page in another language; one without a common English word only `always`."""
    if language == "en" or not text or not (always or _ENGLISH.search(text)):
        return text
    return Markdown(f'[{escape(text)}]{{lang="en"}}')


def _on_one_line(text: str) -> str:
    return _PRIVATE.sub("\ufffd", _SPACES.sub(" ", text).strip(" "))


def _written_out(special: re.Match[str]) -> str:
    """Escape a match; the letters of a list's number stay."""
    return "".join(
        char if char.isalnum() else f"&#{ord(char)};" if char in _AS_REFERENCE else f"\\{char}" for char in special[0]
    )


def as_read(markdown: str) -> str:
    """Undo `escape`: the text as a reader sees it, for a terminal or to measure it; other markup stays."""
    return _WRITTEN.sub(lambda sign: sign["sign"] or chr(int(sign["number"])), markdown)


def attribute(text: str) -> str:
    """Write a text (alternative text, a tooltip) as a one-line attribute value between double quotes.

    Every character that could end the value or begin markup becomes a character reference.
    """
    return _IN_ATTRIBUTE.sub(lambda match: f"&#{ord(match[0])};", _on_one_line(text))


def link(text: str, address: str) -> Markdown:
    """Write a link, or the text alone where the address may not be followed."""
    target = followed(address)
    return Markdown(f"[{escape(text)}](<{target}>)") if target else escape(text)


def followed(address: str) -> str:
    """Return the address as `written_address` writes it, or an empty text where it may not be followed."""
    try:
        return written_address(address)
    except ValueError:
        return ""


def written_address(address: str) -> str:
    """Percent-encode an address to ASCII, its host in IDNA, so that no Markdown, HTML or Typst can end it.

    Raises ValueError, saying why, unless it is http or https with a host, no user name and no control characters.
    """
    if re.search(r"[\x00-\x1f\x7f-\xa0\u2028\u2029]", address):
        raise ValueError("a control character")
    try:
        parts = urlsplit(address.strip(" "))
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise ValueError(str(error)) from None
    if parts.scheme.lower() not in ("http", "https"):
        raise ValueError(f'"{parts.scheme}:"' if parts.scheme else "no scheme")
    if "@" in parts.netloc:
        raise ValueError("a user's name before the host")
    rest = address.strip(" ").partition("://")[2][len(parts.netloc) :]
    encoded = quote(_BROKEN_PERCENT.sub("%25", rest), safe=_IN_ADDRESS)
    return f"{parts.scheme.lower()}://{_written_host(host)}{f':{port}' if port else ''}{encoded}"


def _written_host(host: str) -> str:
    """Encode a host name in IDNA."""
    try:
        named = host.encode("idna").decode("ascii")
    except UnicodeError:
        named = ""
    if not _HOST.fullmatch(named):
        raise ValueError(f'the host "{host}"')
    return named.lower()


def require_address(address: str, where: str, error: type[PolicyReportError]) -> None:
    """Raise an error of the given type for an address that may not be followed; `where` names file and key."""
    try:
        written_address(address)
    except ValueError as wrong:
        got = f'{wrong} in "{address[:80]}"'
        raise error(where, "an address that begins with http:// or https://", got, "Correct the address.") from None


@dataclass(frozen=True)
class Mark:
    """A marked value: its text as printed, the ids behind it, and the line it is on."""

    text: str
    rows: tuple[str, ...]
    line: str


def mark(text: str, rows: Iterable[str]) -> Markdown:
    """Mark a printed value with the ids behind it; without ids it stays as it is."""
    ids = compact(rows)
    return Markdown(f"{OPEN}{text}{BETWEEN}{ids}{CLOSE}" if ids and text else text)


def unmarked(markdown: str) -> str:
    """Remove the marks and keep the values."""
    return MARK.sub(lambda match: match["text"], markdown)


def read_marks(markdown: str) -> Iterator[Mark]:
    """Yield the marked values of a page's Markdown in the order of the text."""
    for line in markdown.splitlines():
        plain = as_read(unmarked(line)).strip()
        for match in MARK.finditer(line):
            yield Mark(as_read(match["text"]), expand(match["rows"]), plain)


def compact(rows: Iterable[str]) -> str:
    """Write ids as one sorted text, rows as ranges: ``nso/PL.V03.01.csv#2-7,9;params/policy.yaml#threshold``."""
    numbers: dict[str, set[int]] = {}
    others = set()
    for row in rows:
        file, _, number = row.rpartition("#")
        if file and number.isdigit():
            numbers.setdefault(file, set()).add(int(number))
        else:
            others.add(row)
    parts = [f"{file}#{_ranges(sorted(of_file))}" for file, of_file in numbers.items()]
    return ";".join(sorted([*parts, *others]))


def expand(text: str) -> tuple[str, ...]:
    """Read what `compact` wrote: one id per entry."""
    ids: list[str] = []
    for part in text.split(";") if text else ():
        file, _, numbers = part.rpartition("#")
        if file and _NUMBERS.fullmatch(numbers):
            runs = [[int(end) for end in run.split("-")] for run in numbers.split(",")]
            ids += [f"{file}#{number}" for run in runs for number in range(run[0], run[-1] + 1)]
        else:
            ids.append(part)
    return tuple(ids)


def _ranges(numbers: list[int]) -> str:
    """Write 2, 3, 4, 9 as 2-4,9."""
    # Consecutive numbers keep the same distance to their place in the list.
    runs = [[number for _, number in run] for _, run in groupby(enumerate(numbers), lambda pair: pair[1] - pair[0])]
    return ",".join(str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs)
