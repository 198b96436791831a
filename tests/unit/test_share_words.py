"""What the pages say of a share follows from the results: bounds, revisions seen, the prior, chances in words."""

import dataclasses
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import pytest

from policyreport.data.inputs import Inputs
from policyreport.figures import plot
from policyreport.figures.frame import Picture
from policyreport.publishing.values import Drawing
from policyreport.records.base import Refusal
from policyreport.records.markdown import as_read, unmarked
from policyreport.records.notebooks import TrendRecord
from policyreport.records.shares import NotYearly, Pace, Threshold
from policyreport.running.plan import EditionData
from policyreport.statistics.shares.aggregate import aggregate_shares
from policyreport.statistics.shares.latest import newest_of_each_measure
from policyreport.statistics.shares.pace import pace_of_share
from policyreport.statistics.shares.revisions import revisions_of_share
from policyreport.statistics.shares.threshold import other_quantity, share_against

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def observed(known_q4: EditionData, slice_of: Callable[..., Inputs]) -> Inputs:
    return slice_of(known_q4, "quality", "VN")


@pytest.fixture(scope="module")
def taught(known_teaching: EditionData, slice_of: Callable[..., Inputs]) -> Inputs:
    """The nation of the teaching edition: figures without bounds, revised often."""
    return slice_of(known_teaching, "quality", "VN")


def plain(text: str) -> str:
    """Text without marks and fixed spaces."""
    return as_read(unmarked(text)).replace("\u00a0", " ")


class Page(Mapping[str, str]):
    """Parts of a page by name, each printed when it is read."""

    def __init__(self, parts: dict[str, Callable[[], str]]) -> None:
        self._parts = parts

    def __getitem__(self, name: str) -> str:
        return self._parts[name]()

    def __iter__(self) -> Iterator[str]:
        return iter(self._parts)

    def __len__(self) -> int:
        return len(self._parts)


Shown = Callable[..., Page]
# The parts of the share's page: macro file, macro, and the results it prints.
PARTS = {
    "lead": ("shares", "national_lead", "results"),
    "share": ("shares", "national", "results"),
    "table": ("shares", "every_figure", "results"),
    "priors": ("shares", "priors", "results"),
    "revisions": ("shares", "revisions", "revisions"),
    "other-quantity": ("other-quantity", "announced", "other"),
    "pace": ("targets", "pace", "pace", "results"),
    "pace-table": ("targets", "every_pace", "pace"),
}


@pytest.fixture
def shown(say: Callable[..., str]) -> Shown:
    """Print the parts of the share's page from a slice, each by its name; results may be given."""

    def printed(inputs: Inputs, **changed: object) -> Page:
        estimates: dict[str, Callable[[], object]] = {
            "results": lambda: share_against(inputs.shares, inputs.threshold, inputs.settings.threshold),
            "pace": lambda: pace_of_share(inputs.shares, inputs.targets, inputs.settings.pace),
            "revisions": lambda: revisions_of_share(inputs.shares, inputs.settings.revisions),
            "other": lambda: other_quantity(inputs.shares, inputs.threshold, inputs.settings.threshold),
        }

        def part(file: str, macro: str, *names: str) -> str:
            results = [changed[name] if name in changed else estimates[name]() for name in names]
            return plain(say(file, macro, *results, data=inputs))

        return Page({name: partial(part, *macro) for name, macro in PARTS.items()})

    return printed


def with_bound(inputs: Inputs, bound: str, value: float) -> Inputs:
    """The slice with its other quantity stated otherwise."""
    rows = inputs.observations.copy()
    own = rows["indicator"] == inputs.roles.share.other_quantity
    rows.loc[own, ["bound", "value"]] = [bound, value]
    return dataclasses.replace(inputs, observations=rows)


def with_settings(inputs: Inputs, section: str, **values: object) -> Inputs:
    """The slice with settings of its own."""
    own = getattr(inputs.settings, section).model_copy(update=values)
    return dataclasses.replace(inputs, settings=inputs.settings.model_copy(update={section: own}))


def test_levels_and_ages_in_the_words_are_those_of_the_settings(taught: Inputs, shown: Shown) -> None:
    usual = " ".join(shown(taught).values())
    assert "(the verdict asks for 95% on one side)" in usual
    assert "a figure of within a year and another of two years later" in usual
    strict = " ".join(shown(with_settings(taught, "threshold", verdict_probability=0.99, first_maturity=2)).values())
    assert "(the verdict asks for 99% on one side)" in strict
    assert "a figure of within two years and another of two years later" in strict


def test_a_share_that_was_not_published_is_refused_and_leaves_no_figure(observed: Inputs, shown: Shown) -> None:
    refused = Refusal(code="not-published", method="threshold", subject="digital_economy_share")
    page = shown(observed, results=(refused,), pace=(), revisions=(), other=())
    assert "not published." in page["lead"].lower()
    assert ":::" not in page["lead"]
    assert (page["share"], page["table"], page["priors"]) == ("", "", "")
    assert page["pace"] == "No measure has enough years of one definition for a pace."


# ---- the other quantity ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("bound", "value", "verdict", "text"),
    [
        (">", 16.0, "stated above", "“more than 16%” announced"),
        ("<", 15.0, "stated below", "“less than 15%” announced"),
        ("~", 16.0, "cannot tell apart", "“about 16%” announced"),
        (">", 12.5, "cannot tell apart", "“more than 12.5%” announced"),
    ],
)
def test_a_stated_bound_gets_its_own_verdict_and_no_chance(
    observed: Inputs, bound: str, value: float, verdict: str, text: str, shown: Shown, say: Callable[..., str]
) -> None:
    inputs = with_bound(observed, bound, value)
    (judged,) = other_quantity(inputs.shares, inputs.threshold, inputs.settings.threshold)
    assert (judged.verdict, [flag.code for flag in judged.flags]) == (verdict, ["bound-only", "part-year"])
    page = shown(inputs)["other-quantity"]
    assert text in page
    assert f"*{verdict}*" in page
    assert inputs.wording.sentence("bound-only", "en") in page
    finding = plain(say("other-quantity", "finding", (judged,), data=inputs))
    assert text in finding
    assert "measures something else" in finding
    for said in (page, finding):
        assert "chance" not in said
        assert "interval" not in said
        assert verdict.startswith("stated") or "stated above" not in said


def test_an_announced_figure_without_a_bound_gets_an_ordinary_verdict(
    taught: Inputs, shown: Shown, say: Callable[..., str]
) -> None:
    (judged,) = other_quantity(taught.shares, taught.threshold, taught.settings.threshold)
    assert (judged.observation.value, judged.observation.bound, judged.verdict) == (15.81, "=", "cannot tell apart")
    page = shown(taught)["other-quantity"]
    assert "“15.81%” announced for 2027" in page
    assert "*cannot tell apart* from 16%, as published (90% interval of revision error 14.4–17.3%)" in page
    assert taught.wording.sentence("no-vintage-history", "en") in page
    assert "stated above" not in page + plain(say("other-quantity", "finding", (judged,), data=taught))


def test_an_edition_without_another_quantity_says_so(observed: Inputs, shown: Shown, say: Callable[..., str]) -> None:
    rows = observed.observations
    silent = dataclasses.replace(observed, observations=rows[rows["indicator"] != observed.roles.share.other_quantity])
    assert other_quantity(silent.shares, silent.threshold, silent.settings.threshold) == ()
    assert shown(silent)["other-quantity"] == "No other quantity was announced by then."
    assert say("other-quantity", "finding", (), data=silent) == ""


def test_a_projection_of_the_other_quantity_is_refused_and_no_finding(
    observed: Inputs, shown: Shown, say: Callable[..., str]
) -> None:
    rows = observed.observations.copy()
    rows["status"] = rows["status"].mask(rows["indicator"] == observed.roles.share.other_quantity, "projection")
    inputs = dataclasses.replace(observed, observations=rows)
    (refused,) = other_quantity(inputs.shares, inputs.threshold, inputs.settings.threshold)
    assert isinstance(refused, Refusal)
    assert refused.code == "projection-only"
    assert "Only a projection or a plan has been published" in shown(inputs)["other-quantity"]
    assert say("other-quantity", "finding", (refused,), data=inputs) == ""


# ---- revisions and the prior -----------------------------------------------------------------------------


def test_the_revision_that_reaches_the_threshold_stands_beside_the_largest_seen(observed: Inputs, shown: Shown) -> None:
    lead = shown(observed)["lead"]
    assert "It lies 1.98 percentage points below 16%; the largest revision seen so far is +0.54 pp." in lead
    assert "It lies 2.30 percentage points above 16%; no revision of such a figure is known." in lead


def test_what_cannot_be_told_apart_needs_no_revision_to_turn(observed: Inputs, shown: Shown) -> None:
    newest = next(
        each
        for each in share_against(observed.shares, observed.threshold, observed.settings.threshold)
        if (each.measure, each.period) == ("nso", "2025")
    )
    level = newest.model_copy(update={"verdict": "cannot tell apart"})
    assert "It would take" not in shown(observed, results=(level,))["lead"]


def test_few_revisions_leave_the_answer_to_the_prior_and_many_do_not(
    observed: Inputs, taught: Inputs, shown: Shown
) -> None:
    few, many = shown(observed)["revisions"], shown(taught)["revisions"]
    assert "2 have a figure" in few
    assert "rest largely on the prior" in few
    assert "11 have a figure" in many
    assert "They outweigh the prior, which counts as 2 more." in many
    assert "largely on the prior" not in many
    assert "in words only" not in many


def records_with(*results: Threshold | NotYearly) -> list[TrendRecord]:
    """The records of three provinces, with these shares and nothing else."""
    names = {"n01": "Hà Nội", "n40": "Nghệ An", "n96": "Cà Mau"}
    own = {area: tuple(result for result in results if result.area == area) for area in names}
    return [TrendRecord.model_construct(area=area, name=name, share=own[area]) for area, name in names.items()]


def test_provinces_are_taken_as_published_only_where_nothing_was_revised(
    observed: Inputs, say: Callable[..., str]
) -> None:
    first, other = (
        each
        for each in share_against(observed.shares, observed.threshold, observed.settings.threshold)
        if each.measure == "nso" and each.period in ("2024", "2025")
    )
    without = [each.model_copy(update={"area": area, "verdict": "above", "as_published": True, "revisions": 0})
               for area, each in (("n01", first), ("n40", other))]  # fmt: skip
    learnt = [each.model_copy(update={"as_published": False, "revisions": 3}) for each in without]

    def page(results: list[Threshold]) -> str:
        return plain(say("shares", "of_provinces", records_with(*results), data=observed))

    assert "Of the 2 provinces with a figure 2 are above the 16% benchmark as published" in page(without)
    assert "1 has no figure" in page(without)
    assert "no figure" not in page([*without, first.model_copy(update={"area": "n96"})])
    assert "no vintage history" in page(without)
    assert "2 are above the 16% benchmark, 0 cannot" in page(learnt)
    assert "by past revisions and a prior" in page(learnt)
    assert "as published" not in page([without[0], learnt[1]])
    assert "by past revisions or, where there are none, by the prior alone" in page([without[0], learnt[1]])


def test_a_province_with_a_half_year_only_is_named_with_it_and_not_as_silent(
    observed: Inputs, say: Callable[..., str]
) -> None:
    first = next(
        each
        for each in share_against(observed.shares, observed.threshold, observed.settings.threshold)
        if (each.measure, each.period) == ("nso", "2025")
    )
    row = first.observation.model_copy(update={"area": "n40", "period": "2026-H1", "value": 18.3})
    part = NotYearly(area="n40", indicator=row.indicator, measure="nso", period=row.period, observation=row)
    year = first.model_copy(update={"area": "n01"})
    page = plain(say("shares", "of_provinces", records_with(year, part), data=observed))
    assert "1 has no figure" in page
    drawn = dataclasses.replace(
        observed, records={(record.area, "trend"): record for record in records_with(year, part)}
    )
    assert "Not published: Cà Mau." in plot.share_of_provinces(drawn)[0].alt
    assert "Nghệ An: for the first half of 2026 NSO gives 18.3%" in page
    alone = plain(say("shares", "of_provinces", records_with(part), data=observed))
    assert alone.startswith(
        "No province's share by NSO's measure was published for a whole year. Nghệ An: for the first"
    )


# ---- pace ------------------------------------------------------------------------------------------------


def test_the_pace_says_where_it_would_lead_and_neither_reaches_nor_misses(observed: Inputs, shown: Shown) -> None:
    page = shown(observed)["pace"]
    assert "At the pace of 2020–2025 the share by NSO's measure would be 15.4% in 2030; the target is 30%." in page
    assert not any(word in page for word in ("stays short", "will reach", "miss"))


def reached(inputs: Inputs) -> Pace:
    """The national pace as if the figure met the target, learnt from few revisions."""
    pace = next(
        each for each in pace_of_share(inputs.shares, inputs.targets, inputs.settings.pace) if each.measure == "nso"
    )
    update = {"headline": "reached", "headline_bands": ("reached",), "reached_probability": 0.97}
    return pace.model_copy(update=update | {"reached_certainty": "95–99%"})


def test_a_target_that_was_reached_is_so_as_published_with_its_chance(
    observed: Inputs, shown: Shown, say: Callable[..., str]
) -> None:
    said = "The chance that the final figure is 30% or more is between 95 and 99%."
    page = shown(observed, pace=(reached(observed),))["pace"]
    assert "*reached*, as published, for 30% in 2030" in page
    assert said in page
    assert "would from now have to rise" not in page
    own = reached(observed)
    finding = plain(say("overview", "towards_target", SimpleNamespace(share=(), pace=(own,)), own, data=observed))
    assert finding.startswith("### Reached, as published, for 30% in 2030")
    assert said in finding


# ---- the overview ----------------------------------------------------------------------------------------


def headline(results: Sequence[Threshold | NotYearly | Refusal], say: Callable[..., str], data: Inputs) -> str:
    """Print the overview's finding on the share from these results."""
    measure = data.roles.share.headline_measure
    record = SimpleNamespace(share=results, other_quantity=())
    return plain(say("overview", "share", record, newest_of_each_measure(results)[measure], data=data))


@pytest.mark.parametrize(
    ("edition", "told"),
    [
        ("observed", "Chance that the final figure is 16% or more: 0.03% to 6%, by what is assumed about revisions."),
        ("taught", "*above*; chance of 16% or more: more than 99%."),
    ],
)
def test_the_shares_finding_carries_its_chance_in_words(
    edition: str, told: str, request: pytest.FixtureRequest, say: Callable[..., str]
) -> None:
    inputs = request.getfixturevalue(edition)
    results = share_against(inputs.shares, inputs.threshold, inputs.settings.threshold)
    assert told in headline(results, say, inputs)


def test_a_share_that_was_never_revised_is_taken_as_published_on_the_overview(
    observed: Inputs, say: Callable[..., str]
) -> None:
    unrevised = [
        each.model_copy(update={"as_published": True, "probability": None, "certainty": ""})
        for each in share_against(observed.shares, observed.threshold, observed.settings.threshold)
        if isinstance(each, Threshold)
    ]
    text = headline(unrevised, say, observed)
    assert "by NSO's measure, below 16%, as published" in text
    assert observed.wording.sentence("no-vintage-history", "en") in text
    assert "chance" not in text


def test_captions_take_their_verdicts_from_the_closed_list(
    observed: Inputs, shown: Shown, say: Callable[..., str]
) -> None:
    verdicts = {**observed.wording.verdicts}
    position = {**verdicts["position"], "below": verdicts["position"]["below"] | {"en": "lower than"}}
    changed = observed.wording.model_copy(update={"verdicts": verdicts | {"position": position}})
    inputs = dataclasses.replace(observed, wording=changed)
    newest = [
        each
        for each in share_against(inputs.shares, inputs.threshold, inputs.settings.threshold)
        if isinstance(each, Threshold)
    ]
    area = {
        "key": "VN",
        "pictures": {"share": Drawing("share", Picture("share", "", ""))},
        "trend": {"share": newest},
    }
    for page in (shown(inputs)["share"], plain(say("shares", "of_area", area, data=inputs))):
        caption = next(line for line in page.splitlines() if "*Digital economy" in line)
        assert "lower than" in caption
        assert "below" not in caption


# ---- the provinces together ------------------------------------------------------------------------------


def test_34_published_provinces_average_to_what_their_output_weighs(taught: Inputs, say: Callable[..., str]) -> None:
    check = aggregate_shares(taught.shares, taught.output)
    rows = taught.newest.reset_index()
    rows = rows[rows["measure"] == "simulated-accounts"]

    def of(indicator: str, year: int):
        own = rows[(rows["indicator"] == indicator) & (rows["period"] == str(year)) & rows["area"].str.match("n")]
        return own.set_index("area")["value"].sort_index()

    product = of("grdp_per_capita_current", taught.roles.product_year) * of(
        "population_average", taught.roles.product_year
    )
    expected = (of("digital_economy_share", 2027) * product).sum() / product.sum()
    assert (check.parts, check.published) == (34, 14.36)
    assert check.weighted_mean == pytest.approx(expected)
    assert check.difference == pytest.approx(expected - 14.36)
    page = plain(say("shares", "together", check, data=taught))
    assert f"average {expected:.2f}% of GRDP in 2027; the country's is 14.36% of GDP" in page
    assert page.endswith("it is not tested.")


def test_the_overview_says_what_the_countrys_figure_leaves(
    observed: Inputs, taught: Inputs, say: Callable[..., str]
) -> None:
    left = plain(say("shares", "left_for_others", aggregate_shares(observed.shares, observed.output), data=observed))
    assert left == "If all are measured alike, the other 28 average about 8.9%."
    assert say("shares", "left_for_others", aggregate_shares(taught.shares, taught.output), data=taught) == ""


def only(taught: Inputs, changed: dict[str, object], areas: list[str]) -> Inputs:
    """The teaching edition with other figures of some provinces' newest share."""
    rows = taught.observations.copy()
    own = (rows["indicator"] == "digital_economy_share") & rows["area"].isin(areas) & (rows["period"] == "2027")
    for column, value in changed.items():
        rows.loc[own, column] = value
    return dataclasses.replace(taught, observations=rows)


def test_one_province_without_an_exact_figure_is_what_the_others_leave(taught: Inputs, say: Callable[..., str]) -> None:
    rest = aggregate_shares(only(taught, {"bound": ">"}, ["n79"]).shares, only(taught, {"bound": ">"}, ["n79"]).output)
    assert (len(rest.known), [each.area for each in rest.bounds]) == (33, ["n79"])
    (own,) = rest.bounds
    assert 0 <= own.low <= own.high <= 100
    page = plain(say("shares", "together", rest, data=taught))
    assert f"If all are measured alike, the other one has {rest.mean:.2f}% of GRDP." in page


def test_figures_that_leave_nothing_possible_are_said_to_be_measured_otherwise(
    taught: Inputs, say: Callable[..., str]
) -> None:
    known = [area for area in taught.areas.current(taught.edition.as_known_on) if area != "n40"]
    inputs = only(only(taught, {"value": 99.0}, known), {"bound": ">"}, ["n40"])
    rest = aggregate_shares(inputs.shares, inputs.output)
    assert rest.bounds == ()
    assert "which no share can be" in plain(say("shares", "together", rest, data=inputs))


def test_without_a_provinces_figure_or_a_weight_nothing_is_left(taught: Inputs) -> None:
    every = taught.areas.current(taught.edition.as_known_on)
    rows = taught.observations
    none = rows[(rows["indicator"] != "digital_economy_share") | ~rows["area"].isin(every)]
    refused = aggregate_shares(
        dataclasses.replace(taught, observations=none).shares, dataclasses.replace(taught, observations=none).output
    )
    assert (refused.code, refused.detail) == ("not-published", "no province's figure for 2027")
    panel = taught.panel[(taught.panel["area"] != "n40") | (taught.panel["indicator"] != taught.roles.income.indicator)]
    refused = aggregate_shares(
        dataclasses.replace(only(taught, {"bound": ">"}, ["n01"]), panel=panel).shares,
        dataclasses.replace(only(taught, {"bound": ">"}, ["n01"]), panel=panel).output,
    )
    assert refused.code == "part-missing"
