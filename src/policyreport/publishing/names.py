"""Filters of templates that write keys as readers know them: areas, indicators, measures, methods, verdicts."""

from __future__ import annotations

from collections.abc import Callable

from policyreport.data.sources import short_publisher
from policyreport.figures.subjects import subject_name
from policyreport.params.wording import Wording
from policyreport.publishing.provenance import Provenance
from policyreport.records.markdown import Markdown, attribute, escape


def name_filters(provenance: Provenance, wording: Wording) -> dict[str, Callable[..., object]]:
    """Return the filters in the edition's language."""
    language, registry, roles = provenance.edition.language, provenance.registry, provenance.roles

    def reference(key: str) -> Markdown:
        """Link a paper's short name to the list of references; the whole entry is the link's title."""
        paper = registry.references[key]
        return Markdown(f'[{escape(paper.short)}](#ref-{key} "{attribute(paper.full)}")')

    return {
        "area": provenance.areas.name,
        "indicator": lambda key: provenance.indicators.get(key).name,
        "measure_name": lambda key: roles.measure_labels.get(key, key),
        "meaning": lambda code: wording.sentence(code, language),
        "publisher": short_publisher,
        "question": registry.named_question,
        "reference": reference,
        "short": lambda code: wording.short(code, language),
        "subject": lambda subject: subject_name(subject, provenance.indicators, roles),
        "verdict": lambda word: Markdown(f"*{escape(wording.verdict(word, language))}*"),
    }
