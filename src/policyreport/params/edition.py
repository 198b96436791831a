"""An edition: which quarter is reported, as known on which day, for whom, and when it may be published."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, model_validator

from policyreport.errors import ParamsError
from policyreport.params.languages import Code, read_languages, require_whole
from policyreport.params.layout import DATA, Layout, Root
from policyreport.params.reading import Strict, read_strict
from policyreport.project import EDITIONS, list_editions, way_to_edition


class Edition(Strict):
    """What one file of params/editions/ says.

    `id` equals the file's name. `as_known_on` is the day D of METHODS §0: only rows published by then
    exist for this edition. `areas` is ``"all"`` or a list of area keys. `previous` is the edition that
    "what changed" compares with. `data` is the folder with the edition's figures and what it changes in the
    parameters (`policyreport.params.layout`); `simulated` says that they were drawn and not observed, and marks
    every page, figure and file. `quorum` is the share of areas whose notebooks must succeed before
    anything is published (`policyreport.running.quorum`).
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

    @model_validator(mode="after")
    def _consistent(self) -> Edition:
        """An edition cannot be known before its quarter began, nor follow itself."""
        if self.as_known_on < first_day(self.quarter):
            raise ValueError(f"as_known_on on or after {first_day(self.quarter)}, the first day of {self.quarter}")
        if self.previous == self.id:
            raise ValueError("previous: another edition than this one")
        if self.simulated and self.data == DATA:
            raise ValueError(f"data: a folder of its own, such as {DATA}/{self.id}, because it is simulated")
        if self.areas == ():
            raise ValueError('areas: "all" or at least one area key')
        return self

    @property
    def language(self) -> str:
        """The language that the edition is written in."""
        return self.languages[0]

    def layout(self, root: Path) -> Root:
        """Say where the edition's figures and parameters lie.

        Parameters
        ----------
        root : Path
            The project's top folder, or a notebook's slice of it.

        Returns
        -------
        Path or Layout
            The folder itself where the edition has the project's own data.
        """
        return root if self.data == DATA else Layout(root, self.data, self.simulated)

    def title_in(self, language: str) -> str:
        """Give the title in one language.

        Parameters
        ----------
        language : str
            Two letters, ``vi``.

        Returns
        -------
        str
            The translated title, or the plain one where there is none.
        """
        return self.titles.get(language, self.title)


def first_day(quarter: str) -> date:
    """Give the first day of a quarter.

    Parameters
    ----------
    quarter : str
        ``2025Q3``.

    Returns
    -------
    date
        1 July 2025 for ``2025Q3``.
    """
    year, number = quarter.split("Q")
    return date(int(year), 3 * int(number) - 2, 1)


def last_day(quarter: str) -> date:
    """Give the last day of a quarter.

    Parameters
    ----------
    quarter : str
        ``2025Q3``.

    Returns
    -------
    date
        30 September 2025 for ``2025Q3``.
    """
    start = first_day(quarter)
    following = date(start.year + start.month // 10, (start.month + 2) % 12 + 1, 1)
    return date.fromordinal(following.toordinal() - 1)


def read_edition(root: Path, name: str) -> Edition:
    """Read one edition of a project, and hold it against the editions it follows and the languages there are.

    Parameters
    ----------
    root : Path
        The project's top folder. A notebook's slice holds no chain of editions: there `read_edition_file`.
    name : str
        File name without ending, ``2025Q4``.

    Returns
    -------
    Edition
        The validated edition.

    Raises
    ------
    ParamsError
        If there is no such edition (with the way to make it), if a file of the chain of `previous` is missing,
        broken, of other data or known later than the edition that names it, if the chain leads back to itself, or
        if no report can be written in a language that is named. The file at fault is named.
    """
    known = list_editions(root)
    if name not in known:
        todo = way_to_edition(name, known)
        raise ParamsError(str(root / EDITIONS), "the name of an edition", f'"{name}"', todo)
    edition = read_edition_file(root, name)
    if "languages" in edition.model_fields_set:
        require_whole(f"{_path(root, name)}: languages", edition.languages, read_languages(root))
    _check_chain(root, edition, known)
    return edition


def read_edition_file(root: Path, name: str) -> Edition:
    """Read the file of one edition by itself, as it lies in a project or in a notebook's slice.

    Parameters
    ----------
    root : Path
        The project's top folder, or a slice.
    name : str
        File name without ending.

    Returns
    -------
    Edition
        Validated as far as one file tells; `read_edition` has checked the rest when the slice was made.

    Raises
    ------
    ParamsError
        If the file is missing or breaks its schema, or its `id` differs from the file's name.
    """
    path = _path(root, name)
    edition = read_strict(path, Edition)
    if edition.id != name:
        raise ParamsError(f"{path}: id", f'"{name}", the file\'s name', f'"{edition.id}"', "Make them equal.")
    return edition


def edition_file(name: str) -> str:
    """Say where an edition's file lies below a project or slice."""
    return f"{EDITIONS.as_posix()}/{name}.yaml"


def _path(root: Path, name: str) -> Path:
    return root / edition_file(name)


def _check_chain(root: Path, edition: Edition, known: tuple[str, ...]) -> None:
    """Follow `previous` to the first edition; every link must hold."""
    followed = [edition.id]
    while edition.previous is not None:
        place = f"{_path(root, edition.id)}: previous"
        if edition.previous in followed:
            circle = " → ".join([*followed[followed.index(edition.previous) :], edition.previous])
            raise ParamsError(place, "an edition before this one", f"a circle, {circle}", "Break it here.")
        if edition.previous not in known:
            missing, todo = f"no {edition_file(edition.previous)}", way_to_edition(edition.previous, known)
            todo = f"Put the file back, or name another edition: {todo}" if todo.startswith("To make") else todo
            raise ParamsError(place, "the name of an edition", f'"{edition.previous}", {missing}', todo)
        earlier = read_edition_file(root, edition.previous)
        _check_link(place, edition, earlier)
        followed.append(earlier.id)
        edition = earlier


def _check_link(place: str, edition: Edition, earlier: Edition) -> None:
    """An edition follows one on the same data that is known no later than itself."""
    if earlier.data != edition.data:
        raise ParamsError(
            place,
            f"an edition on the same data, {edition.data}",
            f"{earlier.id}, on {earlier.data}",
            "Nothing can have changed since an edition of other figures.",
        )
    if earlier.as_known_on > edition.as_known_on:
        raise ParamsError(
            place,
            f"an edition known by {edition.as_known_on}",
            f"{earlier.id}, known on {earlier.as_known_on}",
            "Name an earlier edition.",
        )
