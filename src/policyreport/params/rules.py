"""The screening rules as a person set them: severity, sentence by language, and limits (params/rules.yaml)."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, model_validator

from policyreport.params.languages import with_languages
from policyreport.params.methods import Positive, Setting, Share
from policyreport.params.reading import Strict, load_yaml, validate_strict

FILE = "params/rules.yaml"
Severity = Literal["error", "warning", "note"]


class RuleWording(Strict):
    """The severity of a rule, and by language the sentence shown where it is met."""

    severity: Severity
    sentence: dict[str, str]


class Sum(Strict):
    """A whole and its parts, all printed by one source for one period."""

    whole: str
    parts: tuple[str, ...] = Field(min_length=2)


class Product(Strict):
    """A level that is a value per head times heads, in units that agree."""

    level: str
    per_head: str
    heads: str


class Volume(Strict):
    """A growth in volume, and the value per head and heads whose product grew with it, prices included."""

    growth: str
    per_head: str
    heads: str


class Rate(Strict):
    """A printed percentage that is one count of another."""

    rate: str
    count: str
    total: str


class ListSum(Strict):
    """The total of a list, its completed part, and the open parts that sources print.

    Sources differ in which parts include others, so some choice of them together with `done` gives the total; without
    one of `laid_out` the source only names some of the open tasks.
    """

    total: str
    done: str
    parts: tuple[str, ...] = Field(min_length=1)
    laid_out: tuple[str, ...] = Field(min_length=1)


class ShareOfOutput(Strict):
    """A level that is a share of output, in % of it; `outputs` are levels of `products`.

    One unit of the level is `output_units` units of output: a trillion is 1,000 billion.
    """

    share: str
    outputs: tuple[str, ...] = Field(min_length=1)
    level: str
    output_units: Positive


class ShareGrowth(Strict):
    """Growth in % a year of a share compounded with that of output, and its mean over several years."""

    share: str
    outputs: tuple[str, ...] = Field(min_length=1)
    growth: str
    mean_growth: str


class RuleSettings(Strict):
    """The limits of the rules; the file gives each its unit and reason."""

    sums: tuple[Sum, ...]
    splits: tuple[Sum, ...]
    list_sums: tuple[ListSum, ...]
    rates: tuple[Rate, ...]
    products: tuple[Product, ...]
    shares_of_output: tuple[ShareOfOutput, ...]
    share_growths: tuple[ShareGrowth, ...]
    volumes: tuple[Volume, ...]
    official_measures: tuple[str, ...]
    press_measures: tuple[str, ...]
    office_measures: tuple[str, ...]
    growing_rates: tuple[str, ...]
    approximate_words: tuple[str, ...]
    day_words: tuple[str, ...]
    no_licence_words: tuple[str, ...]
    tie_words: tuple[str, ...]
    superseded: dict[str, str]
    dated_by_edition: tuple[str, ...]
    first_year: int
    reference_slack_days: Annotated[int, Field(ge=0)]
    stale_years: Positive
    unconfirmed_years: Positive
    large_revision: Share
    nearly_complete: Share
    printed_share: Share
    standing_share: Share
    top_places: Annotated[int, Field(ge=2)]
    product_tolerance: Share
    deflator_points: Positive
    mean_tolerance: Share
    registered_tolerance: Share
    same_population_tolerance: Share
    magnitude_factors: tuple[Positive, ...]
    magnitude_tolerance: Share
    step_deviations: Positive
    step_minimum_changes: Annotated[int, Field(ge=3)]
    repeats: Annotated[int, Field(ge=3)]
    copied_periods: Annotated[int, Field(ge=2)]


class _File(Strict):
    languages: tuple[str, ...] = Field(min_length=1)
    settings: dict[str, Setting]
    rules: dict[str, RuleWording]

    @model_validator(mode="after")
    def _in_every_language(self) -> _File:
        for id, rule in self.rules.items():
            if set(rule.sentence) != set(self.languages):
                raise ValueError(f"{id} in exactly the languages {', '.join(self.languages)}")
            if not all(text.endswith(".") for text in rule.sentence.values()):
                raise ValueError(f"{id}: sentences that end in a full stop")
        return self


class RuleBook(Strict):
    """The whole of params/rules.yaml, the settings as plain values."""

    settings: RuleSettings
    rules: dict[str, RuleWording]


def read_rule_book(root: Path) -> RuleBook:
    """Read params/rules.yaml, which holds for every edition."""
    path = root / FILE
    file = validate_strict(path, with_languages(path, load_yaml(path), root), _File)
    values = {name: setting.value for name, setting in file.settings.items()}
    return RuleBook(settings=validate_strict(path, values, RuleSettings), rules=file.rules)
