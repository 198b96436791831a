"""What an indicator is: unit, direction, kind, weight, definitions by measure, breaks."""

from datetime import date
from decimal import Decimal
from typing import Literal, Self

from pydantic import Field, model_validator

from policyreport.errors import UsageError, did_you_mean
from policyreport.params.reading import Root, Strict, load_parameters, repeated, validate_strict
from policyreport.params.untrusted import Id
from policyreport.records.digits import as_published
from policyreport.records.periods import period_bounds


class Break(Strict):
    """A new question set or definition; `year` is the first year after it."""

    year: int
    reason: str


class Plausible(Strict):
    """The usual range of an indicator's values, ends included; a value outside is queried."""

    low: float
    high: float
    reason: str

    @model_validator(mode="after")
    def _is_a_range(self) -> Self:
        if self.low >= self.high:
            raise ValueError(f"low below high, not {self.low} and {self.high}")
        return self

    def holds(self, value: Decimal) -> bool:
        """Return whether a value is usual."""
        return Decimal(str(self.low)) <= value <= Decimal(str(self.high))

    def __str__(self) -> str:
        return f"from {as_published(self.low)} to {as_published(self.high)}"


class Indicator(Strict):
    """One indicator of the ledger.

    By `kind`, values add up (extensive), need a weight (intensive), never aggregate (rank) or belong to one list or
    event (count). `harmonise` is how former provinces are carried over to present ones (METHODS §14); `gives_weight`
    means that this indicator's values are others' weights. `national` is the indicator with the country's value where
    it has another name, and `standard_error` the one with the published standard errors, by the same measure.
    `fieldwork` gives for years of a survey when it was in the field, ``2024-08/2024-11``, where that is known. A value
    beyond `low` or `high` is impossible and stops the run; one outside `plausible` is queried.
    """

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    name: str
    name_vi: str = ""
    topic: str
    unit: str
    other_units: tuple[str, ...] = ()
    kind: Literal["extensive", "intensive", "rank", "count"]
    direction: Literal["higher", "lower", "none"]
    weight: Literal["population", "grdp", "none"] = "none"
    harmonise: Literal["sum", "weighted-mean", "per-head", "chain", "none"] = "none"
    gives_weight: Literal["population", "none"] = "none"
    national: str = ""
    standard_error: str = ""
    low: float | None = None
    high: float | None = None
    plausible: Plausible | None = None
    definition: str = ""
    measures: dict[Id, str] = Field(default_factory=dict)
    breaks: tuple[Break, ...] = ()
    questions_revised: tuple[int, ...] = ()
    fieldwork: dict[int, str] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _fieldwork_is_a_period(self) -> Self:
        for period in self.fieldwork.values():
            period_bounds(period)
        return self

    def begun(self, year: int) -> date | None:
        """Return the first day of a year's fieldwork; None where it is not known."""
        return period_bounds(self.fieldwork[year])[0] if year in self.fieldwork else None

    @property
    def units(self) -> tuple[str, ...]:
        """Every unit a source may print it in, the usual one first."""
        return (self.unit, *self.other_units)

    def segment(self, year: int) -> int:
        """Count the breaks up to a year, the year of a break included: values of one segment share a definition."""
        return sum(item.year <= year for item in self.breaks)


class Indicators(Strict):
    """All indicators of params/indicators.yaml."""

    indicators: tuple[Indicator, ...]

    @model_validator(mode="after")
    def _ids_are_unique(self) -> Self:
        ids = [indicator.id for indicator in self.indicators]
        if twice := repeated(ids):
            raise ValueError(f"indicator defined twice: {', '.join(twice)}")
        for indicator in self.indicators:
            if indicator.standard_error and indicator.standard_error not in ids:
                raise ValueError(f"{indicator.id}: standard_error names an indicator that is defined")
        return self

    def giving(self, weight: str) -> str:
        """Return the id of the indicator whose values are a weight; empty where there is none."""
        return next((indicator.id for indicator in self.indicators if indicator.gives_weight == weight), "")

    @property
    def in_points(self) -> frozenset[str]:
        """Ids whose recalculated values differ from published ones in percentage points; others differ in per cent."""
        return frozenset(item.id for item in self.indicators if item.harmonise in ("chain", "weighted-mean"))

    def by_id(self) -> dict[str, Indicator]:
        """Return the indicators by their id, in the order of the file."""
        return {indicator.id: indicator for indicator in self.indicators}

    def get(self, id: str) -> Indicator:
        """Look up an indicator; raises UsageError with the nearest ids."""
        for indicator in self.indicators:
            if indicator.id == id:
                return indicator
        raise UsageError("indicator", "an id of params/indicators.yaml", f'"{id}"', did_you_mean(id, self.by_id()))


def read_indicators(root: Root) -> Indicators:
    """Read params/indicators.yaml."""
    return validate_strict(*load_parameters(root, "indicators"), Indicators)
