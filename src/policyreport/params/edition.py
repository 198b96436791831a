"""An edition: which quarter is reported, as known on which day, for whom, and when it may be published."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, model_validator

from policyreport.errors import ParamsError
from policyreport.params.layout import DATA, Layout, Root
from policyreport.params.reading import Strict, read_strict, require_known


class Edition(Strict):
    """What one file of params/editions/ says.

    `id` equals the file's name. `as_known_on` is the day D of METHODS §0: only rows published by then
    exist for this edition. `areas` is ``"all"`` or a list of area keys. `previous` is the edition that
    "what changed" compares with. `data` is the folder with the edition's figures and what it changes in the
    parameters (`policyreport.params.layout`); `simulated` says that they were drawn and not observed, and marks
    every page, figure and file. `quorum` is the share of areas whose notebooks must succeed before
    anything is published (`policyreport.quorum`).
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
    languages: tuple[Annotated[str, Field(pattern=r"^[a-z]{2}$")], ...] = Field(default=("en",), min_length=1)
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
    """Read one edition.

    Parameters
    ----------
    root : Path
        The project's top folder.
    name : str
        File name without ending, ``2025Q4``.

    Returns
    -------
    Edition
        The validated edition.

    Raises
    ------
    ParamsError
        If there is no such edition (with "did you mean"), if its `id` differs from the file's name, or
        if `previous` names an edition that does not exist or is not older.
    """
    folder = root / "params" / "editions"
    known = list_editions(root)
    require_known(f"{folder}", [name], known, "the name of an edition")
    path = folder / f"{name}.yaml"
    edition = read_strict(path, Edition)
    if edition.id != name:
        raise ParamsError(f"{path}: id", f'"{name}", the file\'s name', f'"{edition.id}"', "Make them equal.")
    if edition.previous is not None:
        _check_previous(path, edition, known)
    return edition


def list_editions(root: Path) -> tuple[str, ...]:
    """List the editions of a project.

    Parameters
    ----------
    root : Path
        The project's top folder.

    Returns
    -------
    tuple of str
        Names in alphabetical order; empty if there are none.
    """
    return tuple(sorted(path.stem for path in (root / "params" / "editions").glob("*.yaml")))


def _check_previous(path: Path, edition: Edition, known: tuple[str, ...]) -> None:
    """The edition before must exist and be known no later than this one."""
    before = str(edition.previous)
    require_known(f"{path}: previous", [before], known, "the name of an edition")
    earlier = read_strict(path.parent / f"{before}.yaml", Edition)
    known_on = earlier.as_known_on
    if earlier.data != edition.data:
        raise ParamsError(
            f"{path}: previous",
            f"an edition on the same data, {edition.data}",
            f"{before}, on {earlier.data}",
            "Nothing can have changed since an edition of other figures.",
        )
    if known_on > edition.as_known_on:
        raise ParamsError(
            f"{path}: previous",
            f"an edition known by {edition.as_known_on}",
            f"{before}, known on {known_on}",
            "Name an earlier edition.",
        )
