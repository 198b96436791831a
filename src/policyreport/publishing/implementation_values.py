"""Filters of templates on what was reported about carrying the policy out: figures, milestones, obstacles."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date

from policyreport.params.policy import Milestone
from policyreport.publishing.provenance import Provenance
from policyreport.records.base import Observation
from policyreport.records.formats import NBSP
from policyreport.records.markdown import Markdown
from policyreport.records.marks import POLICY, mark
from policyreport.records.notebooks import Statement
from policyreport.records.periods import last_day, period_bounds

SIGNS = {"~": "about", ">": "more than", "<": "less than"}


class ImplementationValues:
    """Chooses among reported figures, and writes them with their date."""

    def __init__(self, provenance: Provenance) -> None:
        self._areas, self._formats, self._policy = provenance.areas, provenance.formats, provenance.policy
        self._known_on, self._sources = provenance.edition.as_known_on, provenance.sources
        self._role, self._indicators = provenance.roles.implementation, provenance.indicators
        self._order = {id: place for place, id in enumerate(provenance.indicators.by_id())}
        self._regions = {region: place for place, region in enumerate(provenance.roles.regions)}

    @property
    def filters(self) -> dict[str, Callable[..., object]]:
        """The filters by name."""
        return {
            "amount": self.amount,
            "as_of": self.as_of,
            "implementing": self.implementing,
            "milestone_day": self.milestone_day,
            "milestones": self.milestones,
            "on": self.on,
            "said_by": self.said_by,
            "said_on": self.said_on,
            "north_to_south": self.north_to_south,
            "theme": lambda key: self._role.themes.get(key, key),
        }

    def implementing(self, figures: Iterable[Observation]) -> list[Observation]:
        """Choose the figures on carrying the policy out, in the order of params/indicators.yaml."""
        meant = self._role.among(self._indicators)
        return sorted((each for each in figures if each.indicator in meant), key=self._place)

    def on(self, figures: Iterable[Observation], indicator: str, area: str = "") -> list[Observation]:
        """Choose the figures of one indicator, of one area if it is named, the newest first."""
        chosen = [each for each in figures if each.indicator == indicator and each.area == (area or each.area)]
        return sorted(chosen, key=self._day, reverse=True)

    def north_to_south(self, figures: Iterable[Observation]) -> list[Observation]:
        """Sort figures of provinces by indicator, then by region from north to south: never by value."""
        return sorted(figures, key=lambda each: (*self._place(each)[:1], self._region(each.area), each.area))

    def amount(self, figure: Observation, *, short: bool = False) -> Markdown:
        """Write a value with its bound and, where it is a share, its sign: about 16,000; more than 90 %."""
        sign = figure.bound if short else SIGNS.get(figure.bound, "")
        text = self._formats.published(figure.value) + (f"{NBSP}%" if figure.unit.startswith("%") else "")
        between = NBSP if short else " "
        return mark(f"{sign}{between}{text}" if figure.bound != "=" else text, [figure.id])

    def as_of(self, figure: Observation) -> str:
        """Write the day a figure holds, or its period where no day is known."""
        whole = "/" in figure.period and figure.reference_date == period_bounds(figure.period)[1]
        if figure.reference_date is None or whole:
            return self._formats.period(figure.period)
        return self._formats.date(figure.reference_date)

    def milestones(self, kinds: Sequence[str], area: str | None = None) -> list[Milestone]:
        """List milestones of some kinds by date; those of an area and its former parts if it is named."""
        own = {area, *self._areas.parts(area)} if area else set()
        chosen = [each for each in self._policy.milestones if each.kind in kinds and (not own or each.area in own)]
        return sorted((each for each in chosen if self._is_known(each)), key=lambda each: each.date)

    def milestone_day(self, milestone: Milestone) -> Markdown:
        """Write a milestone's date only as exact as the source gives it."""
        day = milestone.date
        exact = {"month": f"{day:%Y-%m}", "year": f"{day:%Y}"}.get(milestone.precision)
        text = self._formats.period(exact) if exact else self._formats.date(day)
        return mark(text, [f"{POLICY}#{milestone.id}"])

    def said_by(self, statements: Iterable[Statement], area: str) -> list[Statement]:
        """Choose what a province and its former parts said."""
        own = {area, *self._areas.parts(area)}
        return [each for each in statements if each.area in own]

    def said_on(self, statement: Statement) -> str:
        """Write when something was said, as exactly as known."""
        day, precision = last_day(statement.said)
        return self._formats.date(day) if precision == "day" else self._formats.period(statement.said)

    def _is_known(self, milestone: Milestone) -> bool:
        """Whether a milestone had happened, or a deadline had been set, by the edition's day."""
        if milestone.kind != "deadline":
            return milestone.date <= self._known_on
        source = self._sources.get(milestone.source)
        return source is None or last_day(source.published)[0] <= self._known_on

    def _place(self, figure: Observation) -> tuple[int, str, date]:
        return self._order[figure.indicator], figure.area, self._day(figure)

    def _region(self, area: str) -> int:
        return self._regions.get(self._areas.region(self._areas.successor(area)), len(self._regions))

    @staticmethod
    def _day(figure: Observation) -> date:
        return figure.reference_date or period_bounds(figure.period)[1]


def implementation_filters(provenance: Provenance) -> dict[str, Callable[..., object]]:
    """Return the filters by name."""
    return ImplementationValues(provenance).filters
