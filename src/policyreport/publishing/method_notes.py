"""Next to the source of a figure or table: its method, with question and assumptions."""

from __future__ import annotations

import re

from policyreport.params.registry import MethodEntry, Registry
from policyreport.records.markdown import attribute, escape

# A labelled figure or table with nothing labelled between it and its source.
SOURCED = re.compile(
    r"(?P<head>^::: \{#(?:fig|tbl)-(?P<label>[\w-]+)[^}]*\}\n(?:(?!^::: \{#).)*?"
    r"^::: \{\.source\}\n+)(?P<source>(?:(?!^:::).)+?)(?P<tail>\n+^:::$)",
    re.MULTILINE | re.DOTALL,
)
MARKUP = re.compile(r"[*`_$\\]|\[([^\]]*)\]\([^)]*\)")


def with_methods(text: str, registry: Registry, *, area: str = "", root: str = ".") -> str:
    """Add ``Method: …``, linked to the methods page, to the source line of each figure and table.

    `area` is the key that labels of a province's page begin with, `root` the path from the page to the methods page.
    """

    def note(match: re.Match[str]) -> str:
        ids = registry.of_exhibit(match["label"].removeprefix(f"{area}-"))
        if not ids:
            return match[0]
        links = ", ".join(_link(id, registry.methods[id], root) for id in ids)
        return f"{match['head']}{match['source']} Method: {links}.{match['tail']}"

    return SOURCED.sub(note, text)


def _link(id: str, method: MethodEntry, root: str) -> str:
    """Return ``[Trend of one series](methods.html#method-trend "…")``."""
    text = f"{method.question} Takes for granted: {' '.join(method.assumptions)}"
    tooltip = attribute(MARKUP.sub(lambda match: match[1] or "", text))
    address = f"{root}/methods.html".removeprefix("./")
    return f'[{escape(method.title.removesuffix("?").strip())}]({address}#method-{id} "{tooltip}")'
