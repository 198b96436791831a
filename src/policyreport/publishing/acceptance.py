"""Accept the sentences of an edition's own texts with the values that they print at present."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from policyreport.errors import UsageError, require_one_of
from policyreport.params.edition import edition_folder
from policyreport.publishing.accepted import FILE, Accepted, Sentence, accepted_text, read_accepted
from policyreport.publishing.edition_prose import Passage
from policyreport.publishing.provenance import read_provenance
from policyreport.publishing.report import pages_of, require_results
from policyreport.running.store import write_whole


@dataclass(frozen=True)
class Acceptance:
    """A text whose sentences were accepted, and those that were new or had been written about earlier figures."""

    place: str
    sentences: tuple[Sentence, ...]

    @property
    def new(self) -> int:
        """How many had not been accepted before."""
        return sum(sentence.accepted is None for sentence in self.sentences)

    @property
    def moved(self) -> list[Sentence]:
        """Those that printed something else when last accepted."""
        return [sentence for sentence in self.sentences if sentence.moved]


def accept(root: Path, store: Path, chosen: Sequence[str] = ()) -> list[Acceptance]:
    """Write the present values of an edition's sentences next to its texts; of all texts, or those chosen.

    `chosen` are files of the edition's folder, ``en/foreword.md``. What was accepted of other texts stays, also of one
    that could not be filled because a notebook failed. Raises UsageError for a file that is no text, or empty.
    """
    provenance = read_provenance(root, store.name)
    every = {lang: pages.passages for lang, pages in pages_of(root, store, require_results(store), provenance).items()}
    folder = edition_folder(store.name)
    known = {f"{lang}/{name}.md" for lang, passages in every.items() for name in passages}
    names = [name.removeprefix(f"{folder}/") for name in chosen]
    if not known:
        todo = f"Write one, such as {folder}/{provenance.edition.language}/foreword.md."
        raise UsageError(str(folder), "texts of the edition", "none with anything written in it", todo)
    for name in names:
        require_one_of(UsageError, f"accept {store.name} {name}", name, known, f"a text in {folder}")
    made = []
    for lang, passages in every.items():
        path = root / folder / lang / FILE
        kept = read_accepted(path)
        ready = {name: passage for name, passage in passages.items() if passage.computed}
        asked = {name: passage for name, passage in ready.items() if not names or f"{lang}/{name}.md" in names}
        body = {name: kept[name] for name in passages if name in kept} | {
            name: _present(passage) for name, passage in asked.items()
        }
        body = {name: sentences for name, sentences in body.items() if sentences}
        if body or path.is_file():
            write_whole(path, accepted_text(store.name, body).encode())
        made += [Acceptance(passage.place, passage.sentences) for passage in asked.values()]
    return made


def _present(passage: Passage) -> tuple[Accepted, ...]:
    return tuple(Accepted(sentence=item.text, values=item.values) for item in passage.sentences)
