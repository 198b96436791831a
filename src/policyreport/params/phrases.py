"""Numbers in the texts of params/ that are settings: a text names the setting, and readers see its value.

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
    """Put settings where a text names them.

    Parameters
    ----------
    text : str
        With ``[[section.name]]`` for a value, or ``[[section.name|form]]``: ``word`` in letters up to twelve,
        ``count`` how many values in letters, ``%`` as a percentage, ``rest %`` what is left to 100 %, ``largest``
        of several, ``span`` first to last year, ``a year/# years`` what is said of one and
        of several, # the number.
    settings : mapping
        Settings by section and name.
    language : str
        Two letters.

    Returns
    -------
    str
        The text for readers.

    Raises
    ------
    ParamsError
        If there is no such setting or form (with "did you mean"), or its value has no such form.
    """

    def value(match: re.Match[str]) -> str:
        section, name, form = match["section"], match["name"], match["form"] or ""
        require_known(f"text {text[:60]!r}", [section], settings, "a section of params/methods.yaml")
        require_known(f"text {text[:60]!r}", [name], settings[section], f"a setting of {section}")
        if form and "/" not in form:
            require_known(f"text {text[:60]!r}", [form], FORMS, "a form of a setting")
        try:
            return written(settings[section][name].value, form, language)
        except (TypeError, ValueError):
            got, todo = f"{settings[section][name].value!r}", "Write the setting's value in another form."
            raise ParamsError(f"text {text[:60]!r}", f"{section}.{name} as {form!r}", got, todo) from None

    return PLACE.sub(value, text)


def written(value: Any, form: str, language: str) -> str:
    """Write a value in one form.

    Parameters
    ----------
    value : object
        A setting's value.
    form : str
        As for `fill`; empty for the value as it is.
    language : str
        Two letters.

    Returns
    -------
    str
        ``five``, ``95 %``, ``0, 0.3 and 0.6``.

    Raises
    ------
    TypeError or ValueError
        If the value has no such form.
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
    several = [as_published(each) for each in value] if isinstance(value, (list, tuple)) else [as_published(value)]
    return f" {AND[language]} ".join([", ".join(several[:-1]), several[-1]] if len(several) > 1 else several)


def word(number: int, language: str) -> str:
    """Write a number in letters, up to twelve.

    Parameters
    ----------
    number : int
        A setting's value.
    language : str
        Two letters.

    Returns
    -------
    str
        ``five``; ``40``.

    Raises
    ------
    ValueError
        If it is not a number.
    """
    words = WORDS.get(language, [])
    return words[number] if number == int(number) and 0 <= number < len(words) else as_published(number)


def fill_every(body: Any, settings: Mapping[str, Mapping[str, Setting]], language: str = "en") -> Any:
    """Put settings into every text of a parameter file.

    Parameters
    ----------
    body : object
        What the file holds; below a key ``vi`` texts are Vietnamese.
    settings : mapping
        Settings by section and name.
    language : str, optional
        Language of the texts that stand below no language.

    Returns
    -------
    object
        The same with texts for readers.

    Raises
    ------
    ParamsError
        As `fill`.
    """
    if isinstance(body, dict):
        return {key: fill_every(each, settings, key if key in WORDS else language) for key, each in body.items()}
    if isinstance(body, list):
        return [fill_every(each, settings, language) for each in body]
    return fill(body, settings, language) if isinstance(body, str) else body
