"""An edition: which quarter is reported, as known on which day, for which areas, and when it may be published."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import Field, model_validator

from policyreport.errors import ParamsError
from policyreport.params.languages import Code, read_languages, require_whole
from policyreport.params.reading import DATA, Layout, Root, Strict, read_strict
from policyreport.project import EDITIONS, IN_FOLDER, list_editions, way_to_edition
from policyreport.records.periods import period_bounds

OWN_NAME = r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$"

KEY = "notebooks"
_COMMENT = "# Notebooks of our own: docs/how-to/add-a-notebook.md."
# From the key to the next line that is not indented; comments before that line stay.
_BLOCK = re.compile(rf"^{KEY}:.*\n?(?:(?:[ \t]+.*|[\]}}].*)\n?)*", re.MULTILINE)


class OwnNotebooks(Strict):
    """Notebooks that users added: files of notebooks/province/ run for every province, of notebooks/national/ once."""

    province: tuple[Annotated[str, Field(pattern=OWN_NAME)], ...] = ()
    country: tuple[Annotated[str, Field(pattern=OWN_NAME)], ...] = ()

    @model_validator(mode="after")
    def _named_once(self) -> OwnNotebooks:
        names = [*self.province, *self.country]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"each notebook once, not {', '.join(twice)} twice")
        return self


class Edition(Strict):
    """One edition of params/editions/: ``2026Q1/edition.yaml`` with its texts in a folder, or ``2026Q1.yaml`` alone.

    `id` equals the name of the folder, or of the file. `as_known_on` is the day D of METHODS §0: only rows published
    by then exist for this edition. `areas` is ``"all"`` or a list of area keys. `previous` is the edition that "what
    changed" compares with.
    `data` is the folder with the edition's figures and what it changes in the parameters
    (`policyreport.params.reading`); `simulated` means that they were drawn and not observed, and marks every page,
    figure and file. `quorum` is the share of areas whose notebooks must succeed before anything is published
    (`policyreport.running.executed`). `notebooks` are those that users added.
    """

    id: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]
    title: str
    titles: dict[str, str] = Field(default_factory=dict)
    quarter: Annotated[str, Field(pattern=r"^\d{4}Q[1-4]$")]
    as_known_on: date
    data: Annotated[str, Field(pattern=rf"^{DATA}(/[a-z0-9-]+)?$")] = DATA
    simulated: bool = False
    areas: Literal["all"] | tuple[str, ...] = "all"
    previous: str | None = None
    languages: tuple[Code, ...] = Field(default=("en",), min_length=1)
    quorum: Annotated[float, Field(gt=0, le=1)]
    note: str = ""
    notebooks: OwnNotebooks = OwnNotebooks()

    @model_validator(mode="after")
    def _consistent(self) -> Edition:
        first = period_bounds(self.quarter.replace("Q", "-Q"))[0]
        if self.as_known_on < first:
            raise ValueError(f"as_known_on on or after {first}, the first day of {self.quarter}")
        if self.previous == self.id:
            raise ValueError("previous: another edition than this one")
        if self.simulated and self.data == DATA:
            raise ValueError(f"data: a folder of its own, such as {DATA}/{self.id}, because it is simulated")
        if self.areas == ():
            raise ValueError('areas: "all" or at least one area key')
        return self

    @property
    def language(self) -> str:
        """The first of the languages that the edition is written in."""
        return self.languages[0]

    def in_language(self, language: str) -> Edition:
        """Return the edition as written in one of its languages."""
        return self.model_copy(update={"languages": (language,), "title": self.title_in(language)})

    def layout(self, root: Path) -> Root:
        """Return where the edition's figures and parameters are: `root` itself where it uses the project's own data."""
        return root if self.data == DATA else Layout(root, self.data, self.simulated)

    def title_in(self, language: str) -> str:
        """Return the translated title, or the plain one where there is none."""
        return self.titles.get(language, self.title)


def read_edition(root: Path, name: str) -> Edition:
    """Read an edition of a project and check its languages and the chain of editions it follows.

    An unknown name is answered with how to make that edition. A chain is refused where a file is missing or broken, is
    on other data or known later than the edition that names it, or leads back to itself; the message names that file.
    A notebook's slice holds no chain: use `read_edition_file` there.
    """
    known = list_editions(root)
    if name not in known:
        todo = way_to_edition(name, known)
        raise ParamsError(str(root / EDITIONS), "the name of an edition", f'"{name}"', todo)
    edition = read_edition_file(root, name)
    if "languages" in edition.model_fields_set:
        require_whole(f"{root / edition_file(root, name)}: languages", edition.languages, read_languages(root))
    _check_chain(root, edition, known)
    return edition


def read_edition_file(root: Path, name: str) -> Edition:
    """Read the file of one edition by itself, in a project or a slice; its `id` must equal the edition's name."""
    path = root / edition_file(root, name)
    if path.name == IN_FOLDER and (alone := path.parent.with_suffix(".yaml")).is_file():
        todo = f"Keep one of them: move what differs into {path}, and remove the other."
        raise ParamsError(str(path), "one file of an edition", f"also {alone}", todo)
    edition = read_strict(path, Edition)
    if edition.id != name:
        raise ParamsError(f"{path}: id", f'"{name}", as in its path', f'"{edition.id}"', "Make them equal.")
    return edition


def edition_folder(name: str) -> Path:
    """Return the folder of an edition's own texts below a project."""
    return EDITIONS / name


def edition_file(root: Path, name: str) -> str:
    """Return the path of an edition's file below a project or slice: in its folder, else alone."""
    folder = f"{EDITIONS.as_posix()}/{name}"
    return f"{folder}/{IN_FOLDER}" if (root / folder / IN_FOLDER).is_file() else f"{folder}.yaml"


def _check_chain(root: Path, edition: Edition, known: tuple[str, ...]) -> None:
    followed = [edition.id]
    while edition.previous is not None:
        place = f"{root / edition_file(root, edition.id)}: previous"
        if edition.previous in followed:
            circle = " → ".join([*followed[followed.index(edition.previous) :], edition.previous])
            raise ParamsError(place, "an edition before this one", f"a circle, {circle}", "Break it here.")
        if edition.previous not in known:
            missing, todo = f"no {edition_file(root, edition.previous)}", way_to_edition(edition.previous, known)
            todo = f"Put the file back, or name another edition: {todo}" if todo.startswith("To make") else todo
            raise ParamsError(place, "the name of an edition", f'"{edition.previous}", {missing}', todo)
        earlier = read_edition_file(root, edition.previous)
        if earlier.data != edition.data:
            expected, got = f"an edition on the same data, {edition.data}", f"{earlier.id}, on {earlier.data}"
            raise ParamsError(place, expected, got, "Nothing can have changed since an edition of other figures.")
        if earlier.as_known_on > edition.as_known_on:
            got = f"{earlier.id}, known on {earlier.as_known_on}"
            raise ParamsError(place, f"an edition known by {edition.as_known_on}", got, "Name an earlier edition.")
        followed.append(earlier.id)
        edition = earlier


def declare(text: str, level: str, name: str) -> str:
    """Return an edition's text with a notebook added to a level's list: ``province`` or ``country``.

    Returns the text as it is where the lists are written in a way that is not understood.
    """
    if KEY not in yaml.safe_load(text):
        return f"{text.rstrip()}\n{KEY}:\n  {_COMMENT}\n  {level}: [{name}]\n"
    levels = _value(yaml.compose(text), KEY)
    names = _value(levels, level)
    if isinstance(names, yaml.SequenceNode) and names.value:
        last = names.value[-1]
        if names.flow_style:
            return _inserted(text, last.end_mark.index, f", {name}")
        line = text.find("\n", last.end_mark.index)
        return _inserted(text, line if line >= 0 else len(text), f"\n{' ' * names.start_mark.column}- {name}")
    if names is None and isinstance(levels, yaml.MappingNode) and levels.value:
        first = levels.value[0][0].start_mark
        gap = ", " if levels.flow_style else f"\n{' ' * first.column}"
        return _inserted(text, first.index, f"{level}: [{name}]{gap}")
    return text


def undeclared(text: str) -> str:
    """Return an edition's text as notebooks read it: no result depends on which others are declared."""
    shorter = _BLOCK.sub("", text)
    meant = {key: value for key, value in yaml.safe_load(text).items() if key != KEY}
    return shorter if shorter != text and yaml.safe_load(shorter) == meant else text


def _value(node: yaml.Node | None, key: str) -> yaml.Node | None:
    pairs = node.value if isinstance(node, yaml.MappingNode) else ()
    return next((value for name, value in pairs if name.value == key), None)


def _inserted(text: str, at: int, more: str) -> str:
    return text[:at] + more + text[at:]
