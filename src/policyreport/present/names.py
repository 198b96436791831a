"""A name at the head of a sentence, or inside one."""

from __future__ import annotations

from policyreport.markdown import Markdown


def heading(text: str) -> str:
    """Begin a text with a capital.

    Parameters
    ----------
    text : str
        A name or phrase.

    Returns
    -------
    str
        The rest as it was.
    """
    begun = text[:1].upper() + text[1:]
    return Markdown(begun) if isinstance(text, Markdown) else begun


def inside(name: str) -> str:
    """Write a name as it stands inside a sentence; an abbreviation keeps its capitals.

    Parameters
    ----------
    name : str
        ``Growth of GRDP``, ``PAPI score``.

    Returns
    -------
    str
        ``growth of GRDP``, ``PAPI score``.
    """
    if name[:2].isupper():
        return name
    written = name[:1].lower() + name[1:]
    return Markdown(written) if isinstance(name, Markdown) else written
