"""What a person sees of an exhibit in a notebook: its Markdown as HTML that runs nothing (see report-markdown.md).

Only the constructs of the report become elements. Raw HTML, pictures other than the exhibit's own, and addresses
other than http and https stay text or are left out.
"""

from __future__ import annotations

import base64
import html
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from policyreport.records.marks import unmarked

# Colours are JupyterLab's own, so that they follow its theme.
STYLES = {
    "refusal": "border-left: 3px solid var(--jp-border-color1, #999); padding-left: .8em",
    "source": "font-size: smaller; color: var(--jp-ui-font-color2, #555)",
    "flags": "font-size: smaller; color: var(--jp-ui-font-color2, #555)",
    "strip-item": "display: inline-block; vertical-align: top; margin-right: 2em",
}
FENCE = re.compile(r"^:{3,}\s*(?P<attributes>\{.*\})?\s*$")
PICTURE = re.compile(r"!\[[^\]]*\]\((?P<file>[^)\s]+)\)(?:\{(?P<attributes>[^}]*)\})?")
ALTERNATIVE = re.compile(r'fig-alt="(?P<text>[^"]*)"')
SPAN = re.compile(r"\[(?P<text>[^\[\]]*)\]\{[^}]*\}")
HEADING = re.compile(r"^(#+ .*?)\s*\{[^}]*\}\s*$", re.MULTILINE)
# Content for one renderer only.
HIDDEN = "content-visible"


def exhibit_html(markdown: str, files: Mapping[str, str]) -> str:
    """Write an exhibit, with or without marks, as HTML; `files` holds SVG text by the path that the Markdown names."""
    return "".join(_blocks(unmarked(markdown).splitlines(), files))


def _blocks(lines: list[str], files: Mapping[str, str]) -> Iterator[str]:
    """Each fenced division in its element, the text between them rendered."""
    text: list[str] = []
    opened: list[str] = []
    for line in lines:
        fence = FENCE.match(line)
        if fence is None:
            text.append(line)
            continue
        yield _shown(text, opened, files)
        text = []
        if fence["attributes"]:
            name = next((word for word in re.findall(r"\.([\w-]+)", fence["attributes"])), "")
            opened.append(name)
            if HIDDEN not in opened:
                yield f'<div style="{STYLES[name]}">' if name in STYLES else "<div>"
        elif opened:
            if HIDDEN not in opened:
                yield "</div>"
            opened.pop()
    yield _shown(text, opened, files)
    yield from ("</div>" for name in opened if HIDDEN not in opened)


def _shown(lines: list[str], opened: list[str], files: Mapping[str, str]) -> str:
    text = "\n".join(lines)
    if HIDDEN in opened or not text.strip():
        return ""
    text = HEADING.sub(r"\1", SPAN.sub(r"\g<text>", text))
    parts, last = [], 0
    for match in PICTURE.finditer(text):
        parts += [_rendered(text[last : match.start()]), _picture(match, files)]
        last = match.end()
    return "".join([*parts, _rendered(text[last:])])


def _picture(match: re.Match[str], files: Mapping[str, str]) -> str:
    """An exhibit's own picture, embedded; any other is named and not fetched."""
    alternative = ALTERNATIVE.search(match["attributes"] or "")
    alt = html.escape(html.unescape(alternative["text"]) if alternative else "")
    picture = files.get(match["file"])
    if picture is None:
        return f"<p>{alt or html.escape(match['file'])}</p>"
    data = base64.b64encode(picture.encode()).decode()
    return f'<img src="data:image/svg+xml;base64,{data}" alt="{alt}" style="max-width: 100%">'


def _rendered(text: str) -> str:
    if not text.strip():
        return ""
    reader = _markdown()
    tokens = reader.parse(text)
    for token in tokens:
        token.children = list(_without_other_links(token.children or []))
    return str(reader.renderer.render(tokens, reader.options, {}))


def _without_other_links(tokens: list[Any]) -> Iterator[Any]:
    """Inline tokens; a link to a page of the site, or to anything but the web, keeps its text alone."""
    kept: list[bool] = []
    for token in tokens:
        if token.type == "link_open":
            kept.append(str(token.attrGet("href")).lower().startswith(("http://", "https://")))
        if token.type not in ("link_open", "link_close") or kept[-1]:
            yield token
        if token.type == "link_close":
            kept.pop()


def _special(renderer: Any, tokens: Sequence[Any], at: int, options: Any, env: Any) -> str:
    """An escaped sign; one that JupyterLab's MathJax reads stands in its own element, where it begins no formula."""
    sign = str(renderer.text(tokens, at, options, env))
    return f"<span>{sign}</span>" if sign in ("$", "\\") else sign


@cache
def _markdown() -> Any:
    """CommonMark with tables; no pictures, HTML shown as text."""
    from markdown_it import MarkdownIt  # takes longer to import than this module

    reader = MarkdownIt("commonmark", {"html": False}).enable("table").disable(["image", "text_join"])
    reader.add_render_rule("text_special", _special)
    # Which links stay is decided once they are read.
    reader.validateLink = lambda url: True  # type: ignore[method-assign]
    return reader
