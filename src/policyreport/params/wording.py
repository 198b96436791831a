"""The report's fixed texts: refusals, flags, verdicts and forbidden words (params/wording.yaml)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Literal

from pydantic import Field, model_validator

from policyreport.errors import ParamsError
from policyreport.params.languages import with_languages
from policyreport.params.methods import Setting, read_method_settings
from policyreport.params.reading import Root, Strict, load_yaml, project_folder, require_known, validate_strict
from policyreport.records.digits import as_computed, as_published

PLACE = re.compile(r"\[\[(?P<section>\w+)\.(?P<name>\w+)(?:\|(?P<form>[^\]]*))?\]\]")
"""``[[section.name]]`` or ``[[section.name|form]]``."""
WORDS = {
    "en": ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"],
    "vi": ["không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín", "mười", "mười một", "mười hai"],
}
AND = {"en": "and", "vi": "và"}
FORMS = ("word", "count", "%", "rest %", "largest", "span", "one/several")

FILE = "params/wording.yaml"
Kind = Literal["refusal", "flag"]
Severity = Literal["note", "warning", "error"]
Text = dict[str, str]
"""A phrase by language."""
BETWEEN = ("between", "between_priors", "between_priors_leaning")
"""Phrases with two ends."""


def fill(text: str, settings: Mapping[str, Mapping[str, Setting]], language: str) -> str:
    """Replace each setting that a text names by its value.

    ``[[section.name]]`` gives the value, ``[[section.name|form]]`` one of its forms: ``word`` in letters up to twelve,
    ``count`` the number of values in letters, ``%`` as a percentage, ``rest %`` what remains to 100%, ``largest`` of
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
    """Write a value in a form of `fill`: ``five``, ``95%``, ``0, 0.3 and 0.6``.

    Raises TypeError or ValueError where it has no such form.
    """
    if form == "count":
        return word(len(value), language)
    if form == "word":
        return word(value, language)
    if form == "%":
        return f"{_decimal(as_computed(100 * value), language)}%"
    if form == "rest %":
        return f"{_decimal(as_computed(round(100 * (1 - value), 9)), language)}%"
    if form == "largest":
        return _decimal(as_published(max(value)), language)
    if form == "span":
        return f"{min(value)}–{max(value) % 100:02d}" if min(value) < max(value) else f"{max(value)}"
    if form:
        return form.split("/")[0 if value == 1 else 1].replace("#", word(value, language))
    values = value if isinstance(value, (list, tuple)) else [value]
    texts = [_decimal(as_published(item), language) for item in values]
    between = "; " if any("," in text for text in texts) else ", "
    return f" {AND[language]} ".join([between.join(texts[:-1]), texts[-1]] if len(texts) > 1 else texts)


def _decimal(text: str, language: str) -> str:
    """Write a number's decimal point as the language does; the other modules' formats group digits too."""
    return text.replace(".", ",") if language == "vi" else text


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


class CodeWording(Strict):
    """A refusal or flag: its severity, and by language its short name and its sentence."""

    code: str
    kind: Kind
    severity: Severity
    short: Text
    sentence: Text


class Forbidden(Strict):
    """Words of one language that may not be printed, and phrases holding them that may, each with its reason."""

    words: tuple[str, ...]
    allowed: dict[str, str] = Field(default_factory=dict)


class Certainties(Strict):
    """Phrases for a probability: under the first cut point, between two of them, over the last."""

    below: Text
    inside: Text
    above: Text


def verdicts_of(word: str) -> tuple[str, ...]:
    """Return a verdict, or both of ``between too slow and on track``."""
    ends = re.fullmatch(r"between (.+) and (.+)", word)
    return ends.groups() if ends else (word,)


class Wording(Strict):
    """All fixed texts of the report, in every language."""

    languages: tuple[str, ...] = Field(min_length=1)
    codes: dict[str, CodeWording]
    verdicts: dict[str, dict[str, Text]]
    remarks: dict[str, Text]
    between: Text
    between_priors: Text
    between_priors_leaning: Text
    certainties: Certainties
    forbidden: dict[str, Forbidden]

    @model_validator(mode="before")
    @classmethod
    def _join_codes(cls, body: object) -> object:
        """Join the file's two blocks of codes into one mapping that holds each code's kind."""
        if not isinstance(body, dict) or "codes" in body:
            return body
        rest = {name: part for name, part in body.items() if name not in ("refusals", "flags")}
        codes: dict[str, object] = {}
        for block, kind in (("refusals", "refusal"), ("flags", "flag")):
            entries = body.get(block) or {}
            if not isinstance(entries, dict):
                raise ValueError(f"{block} to hold a code and its sentences each")
            for code, entry in entries.items():
                if not isinstance(entry, dict):
                    raise ValueError(f"{block}.{code} to hold a sentence in each language")
                if code in codes:
                    raise ValueError(f'"{code}" to be a refusal or a flag, not both')
                texts = {key: text for key, text in entry.items() if key not in ("severity", "short")}
                codes[code] = {
                    "code": code,
                    "kind": kind,
                    "severity": entry.get("severity"),
                    "short": entry.get("short"),
                    "sentence": texts,
                }
        return {**rest, "codes": codes}

    @model_validator(mode="after")
    def _complete(self) -> Wording:
        wanted = set(self.languages)
        for place, text in self._texts():
            if set(text) != wanted:
                raise ValueError(f"{place} in exactly the languages {', '.join(self.languages)}")
        both, certainties = ("low", "high"), self.certainties
        with_ends: list[tuple[str, Text, tuple[str, ...]]] = [
            *((place, getattr(self, place), both) for place in BETWEEN),
            ("certainties.below", certainties.below, ("high",)),
            ("certainties.inside", certainties.inside, both),
            ("certainties.above", certainties.above, ("low",)),
        ]
        for place, text, ends in with_ends:
            for language, phrase in text.items():
                if set(re.findall(r"{(.*?)}", phrase)) != set(ends):
                    raise ValueError(f"{place}.{language} to hold {' and '.join(f'{{{end}}}' for end in ends)}")
        if set(self.forbidden) != wanted:
            raise ValueError(f"forbidden words for exactly the languages {', '.join(self.languages)}")
        return self

    def _texts(self) -> list[tuple[str, Text]]:
        texts = [(place, getattr(self, place)) for place in BETWEEN]
        texts += [(code, entry.sentence) for code, entry in self.codes.items()]
        texts += [(f"{code}, short", entry.short) for code, entry in self.codes.items()]
        for family, words in self.verdicts.items():
            texts += [(f"verdicts.{family}.{word}", text) for word, text in words.items()]
        texts += [(f"remarks.{name}", text) for name, text in self.remarks.items()]
        return texts + [(f"certainties.{name}", getattr(self.certainties, name)) for name in Certainties.model_fields]

    def words_of(self, names: Iterable[str]) -> tuple[str, ...]:
        """List the verdicts of families, or single verdicts; raises ParamsError for a name that is neither."""
        names = tuple(names)
        every = {word for words in self.verdicts.values() for word in words}
        require_known(FILE, names, {*self.verdicts, *every}, "a family of verdicts, or one verdict")
        return tuple(word for name in names for word in self.verdicts.get(name, {name: {}}))

    def verdicts_in(self, language: str) -> dict[str, str]:
        """Return every verdict as readers of one language see it."""
        return {word: text[language] for words in self.verdicts.values() for word, text in words.items()}

    def sentence(self, code: str, language: str) -> str:
        """Return the sentence of a refusal or flag; raises ParamsError for an unknown code or language."""
        require_known(FILE, [code], self.codes, "a refusal or flag code")
        return self._in(language, self.codes[code].sentence)

    def short(self, code: str, language: str) -> str:
        """Return the name of a refusal or flag for a table cell: ``list changed``."""
        require_known(FILE, [code], self.codes, "a refusal or flag code")
        return self._in(language, self.codes[code].short)

    def verdict(self, word: str, language: str) -> str:
        """Translate a verdict of the closed list, or a pair such as ``between too slow and on track``.

        Raises ParamsError for any other verdict or an unknown language.
        """
        between = self._in(language, self.between)
        verdicts = self.verdicts_in(language)
        ends = verdicts_of(word)
        require_known(FILE, ends, verdicts, "a verdict of the closed list")
        written = [verdicts[end] for end in ends]
        return between.format(low=written[0], high=written[1]) if len(written) > 1 else written[0]

    def remark(self, name: str, language: str) -> str:
        """Return a sentence that accompanies verdicts of one kind on every page, by its name in the file."""
        require_known(FILE, [name], self.remarks, "a remark")
        return self._in(language, self.remarks[name])

    def certainty(self, low: str, high: str, language: str) -> str:
        """Describe the percentages between which a probability lies; one is empty where the band has no such end."""
        phrases = self.certainties
        text = phrases.below if not low else phrases.inside if high else phrases.above
        return self._in(language, text).format(low=low, high=high)

    def _in(self, language: str, text: Text) -> str:
        require_known(FILE, [language], self.languages, "a language of the report")
        return text[language]


def read_wording(root: Root) -> Wording:
    """Read params/wording.yaml with the settings that its sentences name."""
    folder = project_folder(root)
    body = with_languages(folder / FILE, load_yaml(folder / FILE), folder)
    return validate_strict(folder / FILE, fill_every(body, read_method_settings(root).reasons), Wording)
