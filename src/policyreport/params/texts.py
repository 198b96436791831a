"""Kinds of text in params/: addresses, ids that become part of Markdown, and the few texts that are Markdown.

Every other text is plain: pages show it letter by letter.
"""

import re
from typing import Annotated

from pydantic import AfterValidator, Field

from policyreport.records.markdown import written_address

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
Id = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]
"""Becomes part of ids, file names and addresses."""
