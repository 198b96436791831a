"""The source line under a figure or table."""

from collections.abc import Sequence

from policyreport.data.sources import Source, short_publisher
from policyreport.params.spelling import sort_key
from policyreport.records.formats import Formats
from policyreport.records.markdown import escape, link
from policyreport.records.notebooks import SourceLine

SOURCES_IN_FULL = 3


def source_line(files: Sequence[SourceLine | Source], formats: Formats, in_full: int = SOURCES_IN_FULL) -> str:
    """Write publishers with title, link and date; publishers alone where files are more than `in_full`."""
    if not files:
        return ""
    if len(files) > in_full:
        publishers = sorted({short_publisher(source.publisher) for source in files}, key=sort_key)
        shown = ", ".join(map(escape, publishers[:6])) + (" and others" if len(publishers) > 6 else "")
        lead = "Source" if len(publishers) == 1 else "Sources"
        return f"{lead}: {shown} ({len(files)} files, see Sources)."
    return "Source: " + "; ".join(cite(source, formats) for source in files) + "."


def cite(source: SourceLine | Source, formats: Formats) -> str:
    """Write a file's publisher, its title with a link, and its date."""
    title = link(source.title, source.address)
    return f"{escape(short_publisher(source.publisher))}, {title}, {formats.period(source.published)}"
