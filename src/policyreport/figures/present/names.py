"""A name as it stands inside a sentence."""

from __future__ import annotations


def inside(name: str) -> str:
    """A name as it stands inside a sentence: ``growth of GRDP``; an abbreviation keeps its capitals, ``PAPI score``."""
    return name if name[:2].isupper() else type(name)(name[:1].lower() + name[1:])
