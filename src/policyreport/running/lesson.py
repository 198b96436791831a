"""What a lesson on a simulated edition needs: results compared with the values that its figures were drawn from."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import reduce
from pathlib import Path
from typing import Any

import pandas as pd

from policyreport.data.inputs import Inputs
from policyreport.errors import UsageError
from policyreport.project import find_project
from policyreport.records.base import Interval, Refusal
from policyreport.running.workspace import open_edition

TRUTH = "truth.csv"
"""File in a simulated edition's data folder: area, quantity, period, value."""


@dataclass(frozen=True)
class Lesson:
    """A simulated edition, opened by hand, as seen by one province and by the country.

    `truth` has the columns area, quantity, period (text) and true, the value that figures were drawn from.
    """

    province: Inputs
    nation: Inputs
    truth: pd.DataFrame

    def compare(
        self, results: Iterable[Any], quantity: str, value: str, *, interval: str, period: str = "", on: str = ""
    ) -> pd.DataFrame:
        """Compare results, of one province or of many, with the true values they were drawn from.

        Parameters
        ----------
        quantity : str
            As in truth.csv; data/teaching/README.md says what each means.
        value, interval, period : str
            Where a result holds them, ``completed.share``; results of one time need no period.
        on : str
            Period of the true values, where results hold none and the truth has several.

        Returns
        -------
        DataFrame
            name, period, estimate, low, high, true (simulated), and whether the interval holds it; without refusals.
        """
        truth = self._true(quantity, on)
        rows = [
            (getattr(result, "area", self.province.area), str(_at(result, period)) if period else on,
             _at(result, value), *_limits(_at(result, interval)))
            for result in results
            if not isinstance(result, Refusal)
        ]  # fmt: skip
        table = pd.DataFrame(rows, columns=["area", "period", "estimate", "low", "high"])
        if not (period or on):
            truth = truth.assign(period="")
        table = table.merge(truth, on=["area", "period"], how="left", validate="one_to_one")
        table["holds"] = table["true"].between(table["low"], table["high"])
        table.insert(0, "name", table["area"].map(self.nation.areas.name))
        columns = ["name", "period", "estimate", "low", "high", "true", "holds"]
        return table[columns].rename(columns={"true": "true (simulated)"})

    def _true(self, quantity: str, on: str) -> pd.DataFrame:
        """True values of one quantity, of one period where that is given."""
        truth = self.truth[self.truth["quantity"] == quantity]
        if truth.empty:
            todo = f"Quantities: {', '.join(sorted(set(self.truth['quantity'])))}."
            raise UsageError(TRUTH, "a quantity of the truth", f'"{quantity}"', todo)
        return truth[truth["period"] == on] if on else truth


def open_lesson(area: str, edition: str, workspace: str = "") -> Lesson:
    """Open a simulated edition for a lesson on one province, by its key; nothing needs to have been run.

    `workspace` is the folder of a slice with all figures, empty when run by hand. UsageError for an edition whose
    figures were observed: nobody knows the truth behind those.
    """
    root = find_project(Path.cwd())
    national = open_edition(edition, workspace=workspace)
    path = root / national.edition.data / TRUTH
    if not national.edition.simulated or not path.is_file():
        todo = "Take edition teaching."
        raise UsageError(f"edition {edition}", "a simulated edition with its truth", f"no {TRUTH}", todo)
    truth = pd.read_csv(path, dtype={"period": str}, keep_default_na=False).rename(columns={"value": "true"})
    area = national.areas.resolve_in(national.edition, area, f'area = "{area}"')
    return Lesson(replace(national, area=area), national, truth)


def _limits(interval: Interval | tuple[int, int]) -> tuple[float, float]:
    """Both limits; a set of ranks is an interval too."""
    return interval if isinstance(interval, tuple) else (interval.low, interval.high)


def _at(result: Any, path: str) -> Any:
    """The field of a result at a dotted path."""
    return reduce(getattr, path.split("."), result)
