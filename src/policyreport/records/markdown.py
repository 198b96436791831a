"""The one place where data become Markdown: text in which nothing is markup, and links that lead where they say.

Everything a page shows that was not written for it (a name, a title, a note, a unit, a message) passes through
`escape` once. What `escape` and `link` give is `Markdown`, and escaping that again changes nothing.
"""

from __future__ import annotations

import re
from urllib.parse import quote, urlsplit

from policyreport.errors import PolicyReportError

# Signs that mean something to pandoc, Quarto, CommonMark or the marks of values wherever they stand.
_ALWAYS = r"\\`*_{}\[\]<>#|$@^~&\"!=+"
# These are written as references: behind a backslash they begin mathematics in one reader or another.
_AS_REFERENCE = frozenset("\\[]()$")
_SPECIAL = re.compile(
    r"\A(?:\(?\w+[.)](?=\s|$)|[-:(%])"  # makes a list, a heading or a quotation of the line that begins with it
    rf"|[{_ALWAYS}]"
    r"|-(?!(?<=[^\W_]-)(?=[^\W_])|(?<=[^\W_] -)(?= [^\W_]))"  # not a hyphen in a word or a dash between two
    # An apostrophe in a word or behind a plural stays, for pandoc to curve as it does in the text around.
    r"|'(?!(?<=[^\W\d_]')(?=[^\W\d_])|(?<=s')(?= [^\W\d_]))"
    r"|:(?!\s|$|(?<=\d:)(?=\d))"  # no address, no emoji; the colon of a sentence or a time stays
    r"|\.(?=\.)|(?<=\.)\."  # no ellipsis
    r"|(?<=\bwww)\.",
    re.IGNORECASE,
)
# White space of ASCII alone: a space that holds a number and its unit together stays.
_SPACES = re.compile(r"[ \t\n\r\f\v\x1c-\x1f\x85\u2028\u2029]+")
# Delimiters of the marks of values (policyreport.records.marks) and other private signs: nobody's text holds one.
_PRIVATE = re.compile("[\ue000-\uf8ff\U000f0000-\U0010ffff\x00-\x08\x0e-\x1b\x7f]")
# Other white space too: pandoc drops it where it begins or ends a value.
_IN_ATTRIBUTE = re.compile(r"[!-$&-*<->@\[-`{-~]|[^\S ]")
_WRITTEN = re.compile(r"\\(?P<sign>[!-/:-@\[-`{-~])|&#(?P<number>36|40|41|91|92|93);")
_IN_ADDRESS = "-._~:/?#@&+,=%"
_BROKEN_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_HOST = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)(?:\.(?!-)[a-z0-9-]{1,63}(?<!-))*\.?", re.IGNORECASE)


class Markdown(str):
    """Text that is Markdown already, so that it is escaped once and not twice."""

    __slots__ = ()


def escape(text: str) -> Markdown:
    """Write a text as Markdown that shows it letter by letter, on one line, in a table's cell too; only ' may curve.

    Parameters
    ----------
    text : str
        Any text; `Markdown` comes back as it is.

    Returns
    -------
    Markdown
        For pandoc, for Quarto and for the CommonMark of JupyterLab. Private signs become U+FFFD.
    """
    if isinstance(text, Markdown):
        return text
    return Markdown(_SPECIAL.sub(_written_out, _on_one_line(text)))


def _on_one_line(text: str) -> str:
    return _PRIVATE.sub("\ufffd", _SPACES.sub(" ", text).strip(" "))


def _written_out(special: re.Match[str]) -> str:
    """Signs as Markdown that shows them; the letters of a list's number stay."""
    return "".join(
        sign if sign.isalnum() else f"&#{ord(sign)};" if sign in _AS_REFERENCE else f"\\{sign}" for sign in special[0]
    )


def as_read(markdown: str) -> str:
    """Undo `escape`: the text as a reader sees it, for a terminal or to measure it; other markup stays."""
    return _WRITTEN.sub(lambda sign: sign["sign"] or chr(int(sign["number"])), markdown)


def attribute(text: str) -> str:
    """Write a text as the value of an attribute, between double quotes.

    Parameters
    ----------
    text : str
        Any text: words in the place of a picture, a tooltip.

    Returns
    -------
    str
        On one line; every sign that could end the value or begin markup is a character reference.
    """
    return _IN_ATTRIBUTE.sub(lambda sign: f"&#{ord(sign[0])};", _on_one_line(text))


def link(text: str, address: str) -> Markdown:
    """Write a link, or the text alone where the address is none that may be followed."""
    target = followed(address)
    return Markdown(f"[{escape(text)}](<{target}>)") if target else escape(text)


def followed(address: str) -> str:
    """An address that a reader may follow, as `written_address` writes it; empty for any other."""
    try:
        return written_address(address)
    except ValueError:
        return ""


def written_address(address: str) -> str:
    """Write an address so that no Markdown, HTML or Typst can end it.

    Parameters
    ----------
    address : str
        ``https://pxweb.nso.gov.vn/pxweb/vi/Tài khoản quốc gia/``.

    Returns
    -------
    str
        Percent-encoded, of ASCII alone, its host in the letters of the name system.

    Raises
    ------
    ValueError
        If it is none of http or https with a host, names a user before the host, or holds a control character;
        the message says which.
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
    """A host as the name system knows it."""
    try:
        named = host.encode("idna").decode("ascii")
    except UnicodeError:
        named = ""
    if not _HOST.fullmatch(named):
        raise ValueError(f'the host "{host}"')
    return named.lower()


def require_address(address: str, where: str, error: type[PolicyReportError]) -> None:
    """Stop at an address that may not be followed.

    Parameters
    ----------
    address : str
        From a sidecar, a parameter or a publisher's answer.
    where : str
        File and key, for the message.
    error : type of PolicyReportError
        The family of the message.
    """
    try:
        written_address(address)
    except ValueError as wrong:
        got = f'{wrong} in "{address[:80]}"'
        raise error(where, "an address that begins with http:// or https://", got, "Correct the address.") from None
