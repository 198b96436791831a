"""What stands around a picture: label, caption, alternative text, source line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from policyreport.data.inputs import Inputs
from policyreport.figures.exhibits import Exhibit
from policyreport.figures.words import WORDS, Words
from policyreport.records.formats import Formats
from policyreport.records.markdown import attribute


@dataclass(frozen=True)
class Frame:
    """A figure's name and the sentences around it.

    Attributes
    ----------
    id : str
        Name of the exhibit, unique in its notebook: ``growth``.
    finding : str, optional
        Caption: the finding, a sentence with its number. None leaves the picture bare: the page that shows it writes
        the caption.
    measured : str
        What is measured, unit, measure, vintage; set in italics after the finding.
    source : str
        Source line beneath; none if empty.
    scope : str
        Area key that makes label and file unique in the edition: ``n01`` gives ``fig-n01-growth``.
    formats : Formats
        Also sets the language of the texts inside the figure.
    verdicts : mapping of str to str
        The closed list of verdicts in that language (params/wording.yaml).
    """

    id: str
    finding: str | None = None
    measured: str = ""
    source: str = ""
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

    def exhibit(self, alt: str, svg: str, narrow: str = "") -> Exhibit:
        """Put caption and source line, if it has any, around a picture; `narrow` is kept as ``…-narrow.svg``."""
        path = f"figures/{self.label}.svg"
        image = f'![]({path}){{fig-alt="{attribute(alt)}"}}'
        text = image
        if self.finding is not None:
            caption = f"{self.finding} *{self.measured}*" if self.measured else self.finding
            text = figure(self.label, image, caption, self.source)
        files = {path: svg}
        if narrow:
            files[f"figures/{self.label}-narrow.svg"] = narrow
        return Exhibit(id=self.id, markdown=text, files=files)


def frame_for(data: Inputs, id: str) -> Frame:
    """Name a picture that a notebook draws without a caption: the pages write captions."""
    language = data.edition.language
    scope = "" if data.area == data.roles.nation else data.area
    return Frame(id, scope=scope, formats=Formats(language), verdicts=data.wording.verdicts_in(language))


def figure(label: str, image: str, caption: str, source: str = "") -> str:
    """Write a figure with its caption and source line, as docs/reference/report-markdown.md sets out."""
    text = f"::: {{#fig-{label}}}\n\n{image}\n\n{caption}\n\n:::\n"
    return text + (f"\n::: {{.source}}\n\n{source}\n\n:::\n" if source else "")


def numbered(name: str, number: int) -> str:
    """Name the first, second, … of several of a kind: ``flow``, ``flow-2``."""
    return name if number == 1 else f"{name}-{number}"
