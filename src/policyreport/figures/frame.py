"""The name of a figure and the language of its texts."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from policyreport.data.inputs import Inputs
from policyreport.figures.words import WORDS, Words
from policyreport.records.formats import Formats


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


def own_scope(notebook: str) -> str:
    """Begin the names of all pictures of a notebook that users added."""
    return f"own-{notebook}"


def numbered(name: str, number: int) -> str:
    """Name the first, second, … of several of a kind: ``flow``, ``flow-2``."""
    return name if number == 1 else f"{name}-{number}"
