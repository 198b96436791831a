"""What a notebook's picture may contain to be written into a page: shapes, text and links to pages of the site."""

import re

from policyreport.errors import RenderError

_NAME = re.compile(r"figures/\w[\w.-]*\.svg")
_SHAPES = "path rect circle ellipse line polyline polygon use symbol marker pattern image"
_GROUPS = "svg g a defs desc title text tspan textPath style clipPath mask metadata"
_ELEMENTS = "|".join((*_SHAPES.split(), *_GROUPS.split(), "linearGradient", "radialGradient", "stop"))
_FOREIGN = re.compile(rf"<(?!/?(?:{_ELEMENTS})(?![\w:-]))")
_TAG = re.compile(r"<[^>]*>")
_ATTRIBUTE = re.compile(r"\s+([\w:-]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_LEFT = re.compile(r"</?[\w:-]+\s*/?>")
# An anchor in the picture, a page of the site, or the pixels of a grid.
_OWN = re.compile(r"#[\w.:-]*|[\w-][\w./-]*\.html(?:#[\w-]*)?|data:image/png;base64,[\w+/=]*")
_TODO = "Draw it with policyreport.figures or matplotlib, and run the notebook again."


def require_picture(name: str, svg: str, where: str) -> None:
    """Refuse a picture outside ``figures/``, or with an element, handler or address that no figure needs."""
    if not _NAME.fullmatch(name):
        raise RenderError(where, "a picture figures/….svg", f"{name!r}"[:80], _TODO)
    if not svg.lstrip().startswith("<svg"):
        wrong = svg or "nothing"
    elif foreign := _FOREIGN.search(svg):
        wrong = svg[foreign.start() :]
    else:
        wrong = next((tag for tag in _TAG.findall(svg) if not _is_plain(tag)), "")
    if wrong:
        raise RenderError(f"{where}, {name}", "a picture of shapes and text", wrong[:80], _TODO)


def _is_plain(tag: str) -> bool:
    """Return whether a tag has quoted attributes only, no handler among them, and leads nowhere else."""
    if not _LEFT.fullmatch(_ATTRIBUTE.sub("", tag)):
        return False
    for name, double, single in _ATTRIBUTE.findall(tag):
        bare = name.lower().rpartition(":")[2]
        if bare.startswith("on") or (bare in ("href", "src") and not _OWN.fullmatch(double or single)):
            return False
    return True
