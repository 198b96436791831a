"""A name at the head of a sentence, or inside one."""

from __future__ import annotations


def heading(text: str) -> str:
    """Begin a text with a capital and leave the rest; Markdown stays Markdown."""
    return type(text)(text[:1].upper() + text[1:])


def inside(name: str) -> str:
    """A name as it stands inside a sentence: ``growth of GRDP``; an abbreviation keeps its capitals, ``PAPI score``."""
    return name if name[:2].isupper() else type(name)(name[:1].lower() + name[1:])
