"""Settings inside the texts of params/: a text names the setting, and readers see its value.

>>> fill("From [[flow.trend_minimum_intervals|word]] intervals on", settings, "en")
'From five intervals on'
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from policyreport.errors import ParamsError
from policyreport.params.methods import Setting
from policyreport.params.reading import require_known
from policyreport.records.digits import as_computed, as_published

PLACE = re.compile(r"\[\[(?P<section>\w+)\.(?P<name>\w+)(?:\|(?P<form>[^\]]*))?\]\]")
"""``[[section.name]]`` or ``[[section.name|form]]``."""
WORDS = {
    "en": ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"],
    "vi": ["không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín", "mười", "mười một", "mười hai"],
}
AND = {"en": "and", "vi": "và"}
FORMS = ("word", "count", "%", "rest %", "largest", "span", "one/several")


def fill(text: str, settings: Mapping[str, Mapping[str, Setting]], language: str) -> str:
    """Replace each setting that a text names by its value.

    ``[[section.name]]`` gives the value, ``[[section.name|form]]`` one of its forms: ``word`` in letters up to twelve,
    ``count`` the number of values in letters, ``%`` as a percentage, ``rest %`` what remains to 100 %, ``largest`` of
    several, ``span`` first to last year, ``a year/# years`` the text for one and for several, # being the number.
    Raises ParamsError for an unknown setting or form, or a value that has no such form.
    """

    def value(match: re.Match[str]) -> str:
        section, name, form = match["section"], match["name"], match["form"] or ""
        place = f"text {text[:60]!r}"
        require_known(place, [section], settings, "a section of params/methods.yaml")
        require_known(place, [name], settings[section], f"a setting of {section}")
        if form and "/" not in form:
            require_known(place, [form], FORMS, "a form of a setting")
        try:
            return written(settings[section][name].value, form, language)
        except (TypeError, ValueError):
            got, todo = f"{settings[section][name].value!r}", "Write the setting's value in another form."
            raise ParamsError(place, f"{section}.{name} as {form!r}", got, todo) from None

    return PLACE.sub(value, text)


def written(value: Any, form: str, language: str) -> str:
    """Write a value in a form of `fill`: ``five``, ``95 %``, ``0, 0.3 and 0.6``.

    Raises TypeError or ValueError where it has no such form.
    """
    if form == "count":
        return word(len(value), language)
    if form == "word":
        return word(value, language)
    if form == "%":
        return f"{as_computed(100 * value)} %"
    if form == "rest %":
        return f"{as_computed(round(100 * (1 - value), 9))} %"
    if form == "largest":
        return as_published(max(value))
    if form == "span":
        return f"{min(value)}–{max(value) % 100:02d}" if min(value) < max(value) else f"{max(value)}"
    if form:
        return form.split("/")[0 if value == 1 else 1].replace("#", word(value, language))
    texts = [as_published(item) for item in value] if isinstance(value, (list, tuple)) else [as_published(value)]
    return f" {AND[language]} ".join([", ".join(texts[:-1]), texts[-1]] if len(texts) > 1 else texts)


def word(number: int, language: str) -> str:
    """Write a number in letters, up to twelve: ``five``, but ``40``."""
    words = WORDS.get(language, [])
    return words[number] if number == int(number) and 0 <= number < len(words) else as_published(number)


def fill_every(body: Any, settings: Mapping[str, Mapping[str, Setting]], language: str = "en") -> Any:
    """Apply `fill` to every text of a parameter file's body; texts below a key ``vi`` are Vietnamese."""
    if isinstance(body, dict):
        return {key: fill_every(part, settings, key if key in WORDS else language) for key, part in body.items()}
    if isinstance(body, list):
        return [fill_every(part, settings, language) for part in body]
    return fill(body, settings, language) if isinstance(body, str) else body


def capitalised(text: str) -> str:
    """Start a text with a capital and leave the rest: ``NSO`` stays, and Markdown stays Markdown."""
    return type(text)(text[:1].upper() + text[1:])


def inside(name: str) -> str:
    """Write a name as it stands inside a sentence: ``growth of GRDP``; an abbreviation keeps its capitals."""
    return name if name[:2].isupper() else type(name)(name[:1].lower() + name[1:])
