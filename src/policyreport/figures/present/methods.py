"""The methods page: each method with its formula, assumptions, verdicts and settings, from the registry."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from math import log10

from policyreport.figures.exhibits import Exhibit
from policyreport.figures.present.side_by_side import exposure_title
from policyreport.figures.present.voice import Voice
from policyreport.figures.tables import table
from policyreport.params.methods import Setting
from policyreport.params.registry import CONVENTIONS, MethodEntry
from policyreport.params.spelling import sort_key
from policyreport.records.digits import as_computed, as_published
from policyreport.records.markdown import attribute, escape
from policyreport.statistics.assess.side_by_side import MERGED

COMMON = "Settings of all methods"
SMALL = 0.0001
"""Smaller values are written out: Python would print them with an exponent."""
CHOICES = {
    "cagr": "compound",
    "pp": "percentage points",
    "HAC": "robust to serial dependence (HAC)",
    "GLSAR": "serial dependence fitted with the line (GLSAR)",
    "WCR": "wild bootstrap (WCR)",
    "RI-t": "permutation (RI-t)",
    "CRV1": "cluster-robust error (CRV1)",
    "policy": "the day of the policy",
    "mergers": "the first day of the present boundaries",
    "own": "own series",
    "plain": "all alike",
    "output": "by output",
}
"""Choices of params/methods.yaml, spelled out."""


def method_pages(voice: Voice, use: Mapping[str, tuple[int, int]]) -> Exhibit:
    """Write a section for every method of the registry: headings, formulas, lists and one table of settings per method.

    `use` gives results and refusals by method, for those used in the edition. Settings of an unused method are left
    out: they had no effect. Gives "methods".
    """
    registry = voice.inputs.registry
    parts = [_section(voice, id, method, use.get(id)) for id, method in registry.methods.items()]
    common = _settings(voice, CONVENTIONS, "Every method takes these")
    return Exhibit("methods", "\n\n".join([*parts, f"## {COMMON}\n\n{common}"]))


def reference_list(voice: Voice) -> Exhibit:
    """List the papers the methods rest on, by author; each line is the target of the links to it: "references"."""
    references = voice.inputs.registry.references.values()
    ordered = sorted(references, key=lambda reference: (sort_key(reference.author.strip("{")), reference.year))
    return Exhibit("references", "\n".join(f"- [{escape(item.full)}]{{#ref-{item.key}}}" for item in ordered))


def _section(voice: Voice, id: str, method: MethodEntry, use: tuple[int, int] | None) -> str:
    """Question, formula, assumptions, refusals, wording, references, settings."""
    wording = voice.inputs.wording
    lines = [
        f"## {escape(method.title)} {{#method-{id}}}",
        f"*{escape(method.question)}* {_used(voice, method, use)}",
        *(f"$$\n{line}\n$$" for line in method.formula),
        method.symbols,
        f"**Takes for granted.** {' '.join(method.assumptions)}",
        f"**Declines.** {_codes(voice, method.refusals) or 'Never by itself; the methods that use it do.'}"
        + (f" **Warns.** {_codes(voice, method.flags)}" if method.flags else ""),
        f"**Says.** {method.wording}",
    ]
    if method.verdicts:
        lines.append(f"**Verdicts.** {', '.join(map(voice.verdict, wording.words_of(method.verdicts)))}.")
    lines.append(f"**Rests on.** {_links(voice, method.references)}")
    if use is not None:
        lines.append(_settings(voice, id, escape(method.title)))
    return "\n\n".join(line for line in lines if line)


def _used(voice: Voice, method: MethodEntry, use: tuple[int, int] | None) -> str:
    """How often the method answered in this edition."""
    if use is None:
        return "Not used in this edition."
    if not any(use) and method.part_of:
        users = [escape(voice.inputs.registry[id].title) for id in method.part_of]
        return f"Used here by: {', '.join(users)}."
    results, refusals = (voice.formats.count(count) for count in use)
    answers = "Answers" if method.results else "Values recalculated"
    return f"{answers} in this edition: {results}; refusals: {refusals}."


def _codes(voice: Voice, codes: Sequence[str]) -> str:
    return ", ".join(voice.short(code) for code in codes) + "." if codes else ""


def _links(voice: Voice, keys: Iterable[str]) -> str:
    """Short names that lead to the list of references; the whole entry is the link's title."""
    references = voice.inputs.registry.references
    return "; ".join(_link(references[key].short, references[key].full, key) for key in keys) + "."


def _link(short: str, full: str, key: str) -> str:
    return f'[{escape(short)}](#ref-{key} "{attribute(full)}")'


def _settings(voice: Voice, section: str, caption: str) -> str:
    """One row per judgement value; empty for a method without any."""
    rows = [_row(voice, name, why) for name, why in voice.inputs.registry.settings.get(section, {}).items()]
    if not rows:
        return ""
    columns = ["Setting", "Value", "Unit", "Reason", "Reference"]
    shown = f"{caption}: what people decided. *Section {section} of params/methods.yaml.*"
    return table(f"settings-{section}", columns, rows, shown, align="lllll", wide=True, empty="no paper").markdown


def _named(voice: Voice, value: object) -> str:
    """A setting's value for readers: an indicator by its name, a choice without its underscores, a day as a date."""
    if isinstance(value, date):
        return voice.date(value)
    text = str(value)
    if text == MERGED or text in {variable.name for variable in voice.inputs.roles.likeness}:
        return exposure_title(voice, text)
    indicator = voice.inputs.indicators.by_id().get(text)
    return CHOICES.get(text) or (indicator.name if indicator else text.replace("_", " "))


def _values(voice: Voice, value: object) -> str:
    """One value, or several with commas; values on both sides of zero once, with ±, roots as roots."""
    values = list(value) if isinstance(value, (list, tuple)) else [value]
    numbers = [value for value in values if isinstance(value, (int, float))]
    if len(values) > 1 and numbers == values and {-number for number in numbers} == set(numbers):
        return ", ".join(f"±{_root(number)}" for number in sorted(numbers, reverse=True) if number > 0)
    if isinstance(value, float) and 0 < value < SMALL:
        digits = round(-log10(value))
        return f"{value:.{digits}f}"
    return ", ".join(_named(voice, value) for value in values)


def _root(value: float) -> str:
    """A number, as a root where it is the root of a short one and not short itself."""
    square = round(value * value, 9)
    return f"√{as_computed(square)}" if value != round(value, 3) and square == round(square, 3) else as_published(value)


def _row(voice: Voice, name: str, why: Setting) -> list[str | None]:
    paper = _links(voice, [why.reference])[:-1] if why.reference else None
    label = why.label or name.replace("_", " ")
    return [escape(label), escape(_values(voice, why.value)), escape(why.unit), escape(why.reason), paper]
