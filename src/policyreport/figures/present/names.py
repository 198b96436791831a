"""A name at the head of a sentence, or inside one."""

from __future__ import annotations


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
    return type(text)(text[:1].upper() + text[1:])


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
    return name if name[:2].isupper() else type(name)(name[:1].lower() + name[1:])
