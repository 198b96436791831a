"""The words of the report: refusals, flags, verdicts and what may not be said (params/wording.yaml)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal

from pydantic import Field, model_validator

from policyreport.params.languages import with_languages
from policyreport.params.layout import Root, project_folder
from policyreport.params.methods import read_method_settings
from policyreport.params.phrases import fill_every
from policyreport.params.reading import Strict, load_yaml, require_known, validate_strict

FILE = "params/wording.yaml"
Severity = Literal["note", "warning", "error"]
Text = dict[str, str]
"""A phrase by language."""


class CodeWording(Strict):
    """What a refusal or flag is called, how strongly it is marked, its name and its sentence by language."""

    code: str
    kind: Literal["refusal", "flag"]
    severity: Severity
    short: Text
    sentence: Text


class Forbidden(Strict):
    """Words of one language that may not be printed, and phrases holding them that may, each with its reason."""

    words: tuple[str, ...]
    allowed: dict[str, str] = Field(default_factory=dict)


BETWEEN = ("between", "between_priors", "between_priors_leaning")
"""Phrases that hold two ends."""


class Certainties(Strict):
    """Phrases for a probability: under the first cut point, between two of them, over the last."""

    below: Text
    inside: Text
    above: Text


class Wording(Strict):
    """Everything the report says in fixed words, in every language."""

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
        """Turn the file's two blocks of codes into one mapping that knows each code's kind."""
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
        """Every phrase exists in every language and in no other."""
        wanted = set(self.languages)
        for place, text in self._texts():
            if set(text) != wanted:
                raise ValueError(f"{place} in exactly the languages {', '.join(self.languages)}")
        for place, text, ends in self._with_ends():
            for language, phrase in text.items():
                if set(re.findall(r"{(.*?)}", phrase)) != set(ends):
                    raise ValueError(f"{place}.{language} to hold {' and '.join(f'{{{end}}}' for end in ends)}")
        if set(self.forbidden) != wanted:
            raise ValueError(f"forbidden words for exactly the languages {', '.join(self.languages)}")
        return self

    def _texts(self) -> list[tuple[str, Text]]:
        """All phrases with their place in the file."""
        found = [(place, getattr(self, place)) for place in BETWEEN]
        found += [(code, entry.sentence) for code, entry in self.codes.items()]
        found += [(f"{code}, short", entry.short) for code, entry in self.codes.items()]
        for family, words in self.verdicts.items():
            found += [(f"verdicts.{family}.{word}", text) for word, text in words.items()]
        found += [(f"remarks.{name}", text) for name, text in self.remarks.items()]
        return found + [(f"certainties.{name}", getattr(self.certainties, name)) for name in Certainties.model_fields]

    def _with_ends(self) -> list[tuple[str, Text, tuple[str, ...]]]:
        """Phrases that hold ends, with their place in the file."""
        both, certainties = ("low", "high"), self.certainties
        return [
            *((place, getattr(self, place), both) for place in BETWEEN),
            ("certainties.below", certainties.below, ("high",)),
            ("certainties.inside", certainties.inside, both),
            ("certainties.above", certainties.above, ("low",)),
        ]

    def words_of(self, names: Iterable[str]) -> tuple[str, ...]:
        """List verdicts by their families.

        Parameters
        ----------
        names : iterable of str
            Families, and single words of the closed list.

        Returns
        -------
        tuple of str
            Words, a family's in its order.

        Raises
        ------
        ParamsError
            If a name is neither.
        """
        names = tuple(names)
        every = {word for words in self.verdicts.values() for word in words}
        require_known(FILE, names, {*self.verdicts, *every}, "a family of verdicts, or one verdict")
        return tuple(word for name in names for word in self.verdicts.get(name, {name: {}}))

    def verdicts_in(self, language: str) -> dict[str, str]:
        """List every verdict as readers of one language know it."""
        return {word: text[language] for words in self.verdicts.values() for word, text in words.items()}

    def sentence(self, code: str, language: str) -> str:
        """Give the sentence of a refusal or flag.

        Parameters
        ----------
        code : str
            A code of METHODS §0.
        language : str
            Two letters.

        Returns
        -------
        str
            One sentence for readers.

        Raises
        ------
        ParamsError
            If the code or the language is unknown.
        """
        require_known(FILE, [code], self.codes, "a refusal or flag code")
        require_known(FILE, [language], self.languages, "a language of the report")
        return self.codes[code].sentence[language]

    def short(self, code: str, language: str) -> str:
        """Name a refusal or flag in a few words, for a table's cell.

        Parameters
        ----------
        code : str
            A code of METHODS §0.
        language : str
            Two letters.

        Returns
        -------
        str
            ``list changed``; lower case, without a full stop.

        Raises
        ------
        ParamsError
            If the code or the language is unknown.
        """
        require_known(FILE, [code], self.codes, "a refusal or flag code")
        require_known(FILE, [language], self.languages, "a language of the report")
        return self.codes[code].short[language]

    def verdict(self, word: str, language: str) -> str:
        """Give a verdict in one language.

        Parameters
        ----------
        word : str
            A word of the closed list as methods return it, ``cannot tell apart``, or
            ``between too slow and on track``.
        language : str
            Two letters.

        Returns
        -------
        str
            The verdict for readers.

        Raises
        ------
        ParamsError
            If the word is not on the closed list, or the language is unknown.
        """
        every = {name: text for words in self.verdicts.values() for name, text in words.items()}
        require_known(FILE, [language], self.languages, "a language of the report")
        ends = re.fullmatch(r"between (.+) and (.+)", word)
        require_known(FILE, ends.groups() if ends else [word], every, "a verdict of the closed list")
        if ends:
            return self.between[language].format(low=every[ends[1]][language], high=every[ends[2]][language])
        return every[word][language]

    def remark(self, name: str, language: str) -> str:
        """Give a sentence that stands beside verdicts of one kind on every page, by its name in the file."""
        require_known(FILE, [name], self.remarks, "a remark")
        require_known(FILE, [language], self.languages, "a language of the report")
        return self.remarks[name][language]

    def certainty(self, low: str, high: str, language: str) -> str:
        """Say between which percentages a probability lies; one of them is empty where the band has no such end."""
        require_known(FILE, [language], self.languages, "a language of the report")
        phrases = self.certainties
        text = phrases.below if not low else phrases.inside if high else phrases.above
        return text[language].format(low=low, high=high)

    def forbidden_words(self, text: str, language: str, titles: Iterable[str] = ()) -> tuple[str, ...]:
        """Find words that may not be printed.

        Parameters
        ----------
        text : str
            Prose of the report.
        language : str
            Two letters.
        titles : iterable of str
            Titles of publications, whose words are their authors'.

        Returns
        -------
        tuple of str
            Forbidden words in the order they are listed; empty if the text may be printed.
        """
        rules = self.forbidden[language]
        for phrase in (*rules.allowed, *titles):
            text = re.sub(_whole(phrase), " ", text, flags=re.IGNORECASE)
        return tuple(word for word in rules.words if re.search(_whole(word), text, flags=re.IGNORECASE))


def read_wording(root: Root) -> Wording:
    """Read params/wording.yaml with the settings that its sentences name.

    Parameters
    ----------
    root : Path or Layout
        The project's top folder, or the project seen by an edition with its own settings.

    Returns
    -------
    Wording
        Codes, verdicts, probability phrases and forbidden words.

    Raises
    ------
    ParamsError
        If a phrase lacks a language, a key is unknown, a code stands twice, or a sentence names no setting.
    """
    folder = project_folder(root)
    body = with_languages(folder / FILE, load_yaml(folder / FILE), folder)
    return validate_strict(folder / FILE, fill_every(body, read_method_settings(root).reasons), Wording)


def _whole(phrase: str) -> str:
    """A pattern for whole words, whatever white space stands between them."""
    return r"(?<!\w)" + r"\s+".join(re.escape(part) for part in phrase.split()) + r"(?!\w)"
