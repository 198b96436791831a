"""The block `notebooks` in the text of an edition's file: added to, or taken out, with comments left as they are."""

from __future__ import annotations

import re

import yaml

KEY = "notebooks"
_COMMENT = "# Notebooks of our own: docs/how-to/add-a-notebook.md."
# From the key to the next line that is not indented; comments before that line stay.
_BLOCK = re.compile(rf"^{KEY}:.*\n?(?:(?:[ \t]+.*|[\]}}].*)\n?)*", re.MULTILINE)


def declare(text: str, level: str, name: str) -> str:
    """Return an edition's text with a notebook added to a level's list: ``province`` or ``country``.

    Returns the text as it is where the lists are written in a way that is not understood.
    """
    if KEY not in yaml.safe_load(text):
        return f"{text.rstrip()}\n{KEY}:\n  {_COMMENT}\n  {level}: [{name}]\n"
    levels = _value(yaml.compose(text), KEY)
    names = _value(levels, level)
    if isinstance(names, yaml.SequenceNode) and names.value:
        last = names.value[-1]
        if names.flow_style:
            return _inserted(text, last.end_mark.index, f", {name}")
        line = text.find("\n", last.end_mark.index)
        return _inserted(text, line if line >= 0 else len(text), f"\n{' ' * names.start_mark.column}- {name}")
    if names is None and isinstance(levels, yaml.MappingNode) and levels.value:
        first = levels.value[0][0].start_mark
        gap = ", " if levels.flow_style else f"\n{' ' * first.column}"
        return _inserted(text, first.index, f"{level}: [{name}]{gap}")
    return text


def undeclared(text: str) -> str:
    """Return an edition's text as notebooks read it: no result depends on which others are declared."""
    shorter = _BLOCK.sub("", text)
    meant = {key: value for key, value in yaml.safe_load(text).items() if key != KEY}
    return shorter if shorter != text and yaml.safe_load(shorter) == meant else text


def _value(node: yaml.Node | None, key: str) -> yaml.Node | None:
    pairs = node.value if isinstance(node, yaml.MappingNode) else ()
    return next((value for name, value in pairs if name.value == key), None)


def _inserted(text: str, at: int, more: str) -> str:
    return text[:at] + more + text[at:]
