"""Which indicators play which part in the report: the models are general, params/report.yaml binds them."""

from __future__ import annotations

from pathlib import Path

from policyreport.params.reading import Strict, read_strict


class SeriesRole(Strict):
    """An annual series: its indicator and measure, and those of the nation where they differ."""

    indicator: str
    measure: str = ""
    national_indicator: str = ""
    national_measure: str = ""

    @property
    def nation(self) -> tuple[str, str]:
        """Indicator and measure of the national series."""
        return (self.national_indicator or self.indicator, self.national_measure or self.measure)


class ShareRole(Strict):
    """A share of output judged against a threshold: each measure is another definition."""

    indicator: str
    headline_measure: str
    measures: tuple[str, ...]
    pace_measures: tuple[str, ...]
    other_quantity: str


class TaskRole(Strict):
    """Counts of tasks."""

    total: str
    completed: str
    late: str
    overdue: str
    recurring: str
    national_lists: tuple[str, ...]


class GovernanceRole(Strict):
    """Scores drawn as small multiples and trended against the mean of the areas."""

    indicators: tuple[str, ...]
    strip: str


class Roles(Strict):
    """The whole of params/report.yaml."""

    nation: str
    tasks: TaskRole
    share: ShareRole
    growth: SeriesRole
    income: SeriesRole
    population: SeriesRole
    urban: SeriesRole
    governance: GovernanceRole
    indices: tuple[str, ...]


def read_roles(root: Path) -> Roles:
    """Read params/report.yaml.

    Parameters
    ----------
    root : Path
        The project folder.

    Returns
    -------
    Roles
        Which indicator plays which part.

    Raises
    ------
    ParamsError
        If the file is missing or breaks its schema.
    """
    return read_strict(root / "params" / "report.yaml", Roles)
