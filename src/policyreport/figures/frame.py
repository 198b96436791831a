"""A figure's name and the language of its texts; and the picture that the report takes from the executed notebook."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from functools import wraps
from html import escape
from typing import Any

from policyreport.data.inputs import Inputs
from policyreport.figures.words import WORDS, Words
from policyreport.records.formats import Formats

MIME = "application/vnd.policyreport.picture+json"


@dataclass(frozen=True)
class Picture:
    """A figure as SVG, whole in the output of its cell.

    Attributes
    ----------
    label : str
        Name of its file and of the cross-reference, unique in an edition: ``n01-growth``.
    alt : str
        Alternative text.
    svg, narrow : str
        The picture for its column and the one for a narrow screen, if another was drawn.
    caption : str
        What a page prints with it; empty where the page has a caption of its own.
    translations : mapping of str to Picture
        The same in the edition's other languages.
    """

    label: str
    alt: str
    svg: str
    narrow: str = ""
    caption: str = ""
    translations: Mapping[str, Picture] = field(default_factory=dict)

    @classmethod
    def from_output(cls, shown: Mapping[str, Any]) -> Picture:
        """Read a picture from the output of a cell."""
        others = {language: cls(**other) for language, other in shown.get("translations", {}).items()}
        return cls(**dict(shown) | {"translations": others})

    def in_language(self, language: str) -> Picture:
        """Return the picture in a language, as it is where it was drawn in one alone."""
        return self.translations.get(language, self)

    @property
    def files(self) -> dict[str, str]:
        """SVG text by path relative to the report."""
        files = {f"figures/{self.label}.svg": self.svg}
        return files | {f"figures/{self.label}-narrow.svg": self.narrow} if self.narrow else files

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        """An image for people, which runs nothing; the whole picture for the report."""
        data = base64.b64encode(self.svg.encode()).decode()
        image = f'<img src="data:image/svg+xml;base64,{data}" alt="{escape(self.alt)}" style="max-width: 100%">'
        return {MIME: asdict(self), "text/plain": self.alt, "text/html": image}


class Pictures(tuple[Picture, ...]):
    """Several pictures shown by one cell, each as an output of its own."""

    def with_translations(self, others: Mapping[str, Pictures]) -> Pictures:
        """Give each picture those of the same label by language."""
        by_label = {language: {picture.label: picture for picture in drawn} for language, drawn in others.items()}
        return Pictures(
            replace(own, translations={language: drawn[own.label] for language, drawn in by_label.items()})
            for own in self
        )

    def _ipython_display_(self) -> None:
        from IPython.display import display  # only inside a kernel

        for picture in self:
            display(picture)  # type: ignore[no-untyped-call]


@dataclass(frozen=True)
class Frame:
    """The name of a figure and the language of its texts.

    Attributes
    ----------
    id : str
        Name of the figure, unique in its notebook: ``growth``.
    scope : str
        Area key that makes label and file unique in the edition: ``n01`` gives ``n01-growth``.
    formats : Formats
        Also sets the language of the texts inside the figure.
    verdicts : mapping of str to str
        The closed list of verdicts in that language (params/wording.yaml).
    """

    id: str
    scope: str = ""
    formats: Formats = field(default_factory=Formats)
    verdicts: Mapping[str, str] = field(default_factory=dict)

    @property
    def label(self) -> str:
        """Label of the cross-reference and name of the file, without prefix and suffix."""
        return f"{self.scope}-{self.id}" if self.scope else self.id

    @property
    def words(self) -> Words:
        """Texts inside the figure, in the language of its formats."""
        return WORDS[self.formats.language]

    def verdict(self, word: str) -> str:
        """A verdict of the closed list in the reader's language."""
        return self.verdicts.get(word, word)

    def level(self, share: float) -> str:
        """A level of certainty in per cent, without the sign: 95, 99.8."""
        return self.formats.number(100 * share, 1).removesuffix(".0").removesuffix(",0")


def frame_for(data: Inputs, id: str) -> Frame:
    """Name a picture that a notebook draws without a caption: the pages write captions.

    A picture of a notebook that users added has that notebook in its name: it never takes another's place.
    """
    language = data.edition.language
    parts = [] if data.area == data.roles.nation else [data.area]
    scope = "-".join([*parts, own_scope(data.notebook)] if data.own else parts)
    return Frame(id, scope, formats=Formats(language), verdicts=data.wording.verdicts_in(language))


def in_each_language(draw: Callable[..., Pictures]) -> Callable[..., Pictures]:
    """Draw in the edition's first language, and the same pictures in its others."""

    @wraps(draw)
    def drawn(*given: Any) -> Pictures:
        data = next(part for part in given if isinstance(part, Inputs))
        languages = data.edition.languages
        if languages == (data.areas.language,):
            return draw(*given)
        versions = []
        for language in languages:
            own = data.in_language(language)
            versions.append(draw(*(own if part is data else own.translation.of(part) for part in given)))
        return versions[0].with_translations(dict(zip(languages[1:], versions[1:], strict=True)))

    return drawn


def own_scope(notebook: str) -> str:
    """Begin the names of all pictures of a notebook that users added."""
    return f"own-{notebook}"


def numbered(name: str, number: int) -> str:
    """Name the first, second, … of several of a kind: ``flow``, ``flow-2``."""
    return name if number == 1 else f"{name}-{number}"
