"""Filters of templates that write keys as readers know them: areas, indicators, measures, methods, verdicts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from policyreport.data.inputs import files_of
from policyreport.data.sources import short_publisher
from policyreport.figures.citing import source_line
from policyreport.figures.subjects import subject_name
from policyreport.params.wording import Wording
from policyreport.publishing.provenance import Provenance
from policyreport.records.markdown import Markdown, attribute, escape
from policyreport.records.notebooks import SourceLine


def name_filters(
    provenance: Provenance, wording: Wording, files: Mapping[str, SourceLine] = {}
) -> dict[str, Callable[..., object]]:
    """Return the filters in the edition's language; `sources` cites those of `files` that are behind rows."""
    language, registry, roles = provenance.edition.language, provenance.registry, provenance.roles

    def reference(key: str) -> Markdown:
        """Link a paper's short name to the list of references; the whole entry is the link's title."""
        paper = registry.references[key]
        return Markdown(f'[{escape(paper.short)}](#ref-{key} "{attribute(paper.full)}")')

    def sources(rows: Iterable[str]) -> Markdown:
        """Cite the files behind rows."""
        return Markdown(source_line([files[key] for key in files_of(rows) if key in files], provenance.formats))

    return {
        "area": provenance.areas.name,
        "indicator": lambda key: provenance.indicators.get(key).name,
        "meaning": lambda code: wording.sentence(code, language),
        "measure_name": lambda key: roles.measure_labels.get(key, key),
        "publisher": short_publisher,
        "question": registry.named_question,
        "reference": reference,
        "short": lambda code: wording.short(code, language),
        "sources": sources,
        "subject": lambda subject: subject_name(subject, provenance.indicators, roles),
        "verdict": lambda word: Markdown(f"*{escape(wording.verdict(word, language))}*"),
    }
