"""What the methods page prints, and what stands next to the source of a figure: methods, settings, references."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from math import log10

from policyreport.figures.words import WORDS, Words
from policyreport.params.methods import Setting
from policyreport.params.registry import CONVENTIONS, MethodEntry, Registry
from policyreport.params.spelling import sort_key
from policyreport.params.wording import Wording
from policyreport.publishing.provenance import Provenance
from policyreport.records.base import Refusal, Result, parts_of
from policyreport.records.digits import as_computed, as_published
from policyreport.records.markdown import Markdown, attribute, escape, in_english
from policyreport.records.notebooks import CleanRecord, NotebookRecord

# A labelled figure or table with nothing labelled between it and its source.
SOURCED = re.compile(
    r"(?P<head>^::: \{#(?:fig|tbl)-(?P<label>[\w-]+)[^}]*\}\n(?:(?!^::: \{#).)*?"
    r"^::: \{\.source\}\n+)(?P<source>(?:(?!^:::).)+?)(?P<tail>\n+^:::$)",
    re.MULTILINE | re.DOTALL,
)
MARKUP = re.compile(r"[*`_$\\]|\[([^\]]*)\]\([^)]*\)")

HARMONISED = "harmonise"
"""The method whose results are values of the panel and not records."""
SMALL = 0.0001
"""Smaller values are written out: Python would print them with an exponent."""


def with_methods(text: str, registry: Registry, *, area: str = "", root: str = ".", language: str = "en") -> str:
    """Add ``Method: …``, linked to the methods page, to the source line of each figure and table.

    `area` is the key that labels of a province's page begin with, `root` the path from the page to the methods page.
    """

    words = WORDS[language]

    def note(match: re.Match[str]) -> str:
        ids = registry.of_exhibit(match["label"].removeprefix(f"{area}-"))
        if not ids:
            return match[0]
        links = ", ".join(_link(id, registry.methods[id], root, words) for id in ids)
        return f"{match['head']}{match['source']} {words.method.format(methods=links)}{match['tail']}"

    return SOURCED.sub(note, text)


def _link(id: str, method: MethodEntry, root: str, words: Words) -> str:
    """Return ``[Trend of one series](methods.html#method-trend "…")``."""
    text = f"{method.question} {words.takes_for_granted} {' '.join(method.assumptions)}"
    tooltip = attribute(MARKUP.sub(lambda match: match[1] or "", text))
    address = f"{root}/methods.html".removeprefix("./")
    return f'[{escape(method.title.removesuffix("?").strip())}]({address}#method-{id} "{tooltip}")'


def method_values(use: Mapping[str, tuple[int, int]], provenance: Provenance, wording: Wording) -> dict[str, object]:
    """Collect `methods`, the settings of all of them (`common`), `references`, and how many `codes` are defined."""
    registry = provenance.registry
    papers = sorted(registry.references.values(), key=lambda paper: (sort_key(paper.author.strip("{")), paper.year))
    return {
        "methods": [
            _described(id, method, use.get(id), provenance, wording) for id, method in registry.methods.items()
        ],
        "common": settings_of(CONVENTIONS, provenance),
        "references": papers,
        "codes": Counter(code.kind for code in wording.codes.values()),
    }


def method_use(records: Iterable[NotebookRecord], registry: Registry) -> dict[str, tuple[int, int]]:
    """Count results and refusals of every method that was used, in the registry's order.

    Recalculation on present boundaries is counted in values. A method without records of its own has zeros where a
    method that uses it was used.
    """
    records = list(records)
    counted = Counter(_answers(records, registry))
    own = {id: (counted[id, "result"], counted[id, "refusal"]) for id in registry.methods}
    own[HARMONISED] = (sum(map(recalculated, records)), own[HARMONISED][1])
    return {
        id: own[id]
        for id, method in registry.methods.items()
        if any(own[id]) or any(own[other][0] for other in method.part_of)
    }


def recalculated(record: NotebookRecord) -> int:
    """Count a province's annual values that were recalculated from former provinces."""
    values = record.panel if isinstance(record, CleanRecord) else ()
    return sum(value.basis == "recalculated" and value.value is not None for value in values)


def settings_of(section: str, provenance: Provenance) -> list[dict[str, object]]:
    """List the judgement values of a method: `label`, `values`, `unit`, `reason`, and the key of a paper."""
    language = provenance.edition.language
    return [
        {
            "label": in_english(why.label or name.replace("_", " "), language, always=True),
            "values": [in_english(value, language) for value in _values(why, provenance)],
            "unit": in_english(why.unit, language, always=True),
            "reason": in_english(why.reason, language, always=True),
            "reference": why.reference,
        }
        for name, why in provenance.registry.settings.get(section, {}).items()
    ]


def _described(
    id: str, method: MethodEntry, use: tuple[int, int] | None, provenance: Provenance, wording: Wording
) -> dict[str, object]:
    return {
        "id": id,
        "title": method.title,
        "question": method.question,
        "use": use,
        "users": [provenance.registry[other].title for other in method.part_of],
        "in_values": not method.results,
        "formula": list(map(Markdown, method.formula)),
        "symbols": Markdown(method.symbols),
        "assumptions": Markdown(" ".join(method.assumptions)),
        "refusals": method.refusals,
        "flags": method.flags,
        "wording": Markdown(method.wording),
        "verdicts": wording.words_of(method.verdicts),
        "references": method.references,
        "settings": settings_of(id, provenance) if use is not None else [],
    }


def _answers(records: Iterable[NotebookRecord], registry: Registry) -> Iterator[tuple[str, str]]:
    """Method and kind of answer, as often as one occurs in a record."""
    for record in records:
        for value in parts_of(record):
            if isinstance(value, Refusal):
                yield registry.of_result(value.method), "refusal"
            elif isinstance(value, Result) and (kind := str(getattr(value, "kind", None) or "")):
                yield registry.of_result(kind), "result"


def _values(why: Setting, provenance: Provenance) -> Iterator[str]:
    """Write a setting's values; those on both sides of zero once, with ±, roots as roots."""
    values = list(why.value) if isinstance(why.value, (list, tuple)) else [why.value]
    numbers = [value for value in values if isinstance(value, (int, float))]
    if len(values) > 1 and numbers == values and {-number for number in numbers} == set(numbers):
        yield from (f"±{_root(number)}" for number in sorted(numbers, reverse=True) if number > 0)
    elif isinstance(why.value, float) and 0 < why.value < SMALL:
        yield f"{why.value:.{round(-log10(why.value))}f}"
    else:
        yield from (_named(value, provenance) for value in values)


def _root(value: float) -> str:
    """A number, as a root where it is the root of a short one and not short itself."""
    square = round(value * value, 9)
    return f"√{as_computed(square)}" if value != round(value, 3) and square == round(square, 3) else as_published(value)


def _named(value: object, provenance: Provenance) -> str:
    """A value for readers: an indicator by its name, a day as a date, a choice without its underscores."""
    if isinstance(value, date):
        return provenance.formats.date(value)
    roles, indicators, text = provenance.roles, provenance.indicators.by_id(), str(value)
    if text in {variable.name for variable in roles.likeness}:
        variable = roles.likeness_by_name(text)
        name = indicators[getattr(roles, variable.series).indicator].name
        return f"{name} {variable.year}{' (log)' if variable.log else ''}"
    return indicators[text].name if text in indicators else text.replace("_", " ")
