"""Every figure, drawn from small records: what it says, that it can be read, that it is always the same."""

import re
from dataclasses import replace
from datetime import date
from itertools import combinations, pairwise
from pathlib import Path
from xml.etree import ElementTree

import pytest
import yaml

from policyreport.errors import ParamsError
from policyreport.figures import (
    areas,
    checks,
    hazards,
    league,
    outlook,
    pace,
    series,
    shares,
    sparks,
    strips,
    targets,
    tasks,
    tiles,
    trends,
)
from policyreport.figures import palette as colours
from policyreport.figures.finish import Break
from policyreport.figures.frame import Frame
from policyreport.figures.labels import round_ticks, spread
from policyreport.figures.rows import Row, Rule
from policyreport.figures.series import Line
from policyreport.figures.style import new_figure, panel, text_width, wrap
from policyreport.figures.words import WORDS
from policyreport.params.reading import read_strict
from policyreport.params.wording import read_wording
from policyreport.records.base import Interval, Observation, Refusal
from policyreport.records.formats import Formats
from policyreport.records.series import (
    EventStudyPoint,
    Exposure,
    Panel,
    Ranks,
    RankSet,
    Sensitivity,
    SeriesPoint,
    ShrunkSlope,
    Specification,
    Trend,
)
from policyreport.records.shares import FanPoint, Pace, Revisions, Scenario, Threshold, VintageValue
from policyreport.records.targets import TargetFigure, TargetReading, TargetScore
from policyreport.records.tasks import (
    Completion,
    Flow,
    FlowStep,
    Funnel,
    FunnelPoint,
    ListCount,
    ListStep,
    Outlook,
    OutlookAt,
    PooledShare,
    Pooling,
    Proportion,
    QuarterOnQuarter,
)

TILES = Path(__file__).parents[2] / "params" / "tiles.yaml"
SVG = "{http://www.w3.org/2000/svg}"
# The longest names that a label must hold
NAMES = {f"a{i}": name for i, name in enumerate(("Tuyên Quang", "Thái Nguyên", "Đắk Lắk", "Hồ Chí Minh", "Huế"))}


def _interval(low, high):
    return Interval(low=low, high=high)


def _proportion(count, total):
    share = count / total
    around = _interval(max(share - 0.06, 0), min(share + 0.06, 1))
    return Proportion(
        count=count, total=total, share=share, wilson=around, jeffreys=around, wilson_design2=around
    )  # fmt: skip


def _completion(area, count, total, **more):
    return Completion(
        area=area, list="l", list_label="A list", reference_date=date(2025, 11, 14), published=date(2025, 12, 1),
        total=total, completed=_proportion(count, total), **more,
    )  # fmt: skip


REFUSED = Refusal(code="not-published", method="completion")
COUNTS = tuple(
    ListCount(list=f"list {i}", list_label="Central list", reference_date=day, total=n, completed=x, share=x / n,
              overdue=overdue, recurring=recurring)
    for i, (day, n, x, overdue, recurring) in enumerate((
        (date(2025, 5, 29), 600, 103, None, None),
        (date(2025, 10, 15), 1132, 485, 86, None),
        (date(2025, 12, 4), 1287, 601, 104, 178),
    ))
)  # fmt: skip
QUARTERS = QuarterOnQuarter(
    area="N",
    counts=COUNTS,
    steps=tuple(
        ListStep(start=a.reference_date, end=b.reference_date, days=90, new_completed=b.completed - a.completed,
                 additions=b.total - a.total, same_list=False, basis_change="recurring tasks entered the count")
        for a, b in pairwise(COUNTS)
    ),
)  # fmt: skip
ONE_LIST = tuple(count.model_copy(update={"list": "one"}) for count in COUNTS[1:])


def _threshold(measure, value, verdict, *, area="N", bound="=", status="observed", interval=None):
    seen = Observation(
        id="f#1", area=area, indicator="i", measure=measure, period="2025", published=date(2026, 1, 6), value=value,
        bound=bound, unit="%", status=status, source="s",
    )  # fmt: skip
    return Threshold(area=area, indicator="i", measure=measure, period="2025", threshold=16, observation=seen,
                     verdict=verdict, interval=interval, distance=value - 16)  # fmt: skip


JUDGED = [
    _threshold("a", 14.02, "below", status="estimate", interval=_interval(12.8, 15.3)),
    _threshold("b", 18.3, "above", interval=_interval(16.1, 20.5)),
    _threshold("c", 16, "stated above", bound=">"),
]
MEASURES = {"a": "Statistics office, value added of the digital economy", "b": "Ministry", "c": "Another quantity"}
SERIES = tuple(
    SeriesPoint(year=2020 + i, value=value, status="observed" if i < 4 else "estimate", segment=int(i > 1))
    for i, value in enumerate((4.1, 2.9, 9.0, 6.2, 6.5, 8.2))
)
LINES = [
    Line("Tuyên Quang", SERIES, "accent"),
    Line("Country", tuple(p.model_copy(update={"value": p.value + 0.1}) for p in SERIES), "plain"),
    Line("Northern midlands and mountains", SERIES, "context"),
]
TREND = Trend(
    area="n01", indicator="i", series="minus nation", unit="points", points=SERIES, first_year=2022, last_year=2025,
    n=4, kendall_s=2, p_value=0.3, smallest_p=0.1, slope=-0.2, slope_interval=_interval(-1.2, 0.8), line=(7.8, 7.2),
    gls=(), verdict="falling",
)  # fmt: skip
OUTCOME = "−0.216 a year (−1.215 to +0.812 at 98.3%): falling"
TRENDS = [
    trends.TrendPanel("Control of corruption in the public sector", OUTCOME, TREND, 0.0),
    trends.TrendPanel("Public administrative procedures", "definition changed lately"),
    trends.TrendPanel("Transparency", OUTCOME, TREND, 0.0),
]
PACE = Pace(
    area="N", indicator="i", measure="a", base_period="2020", base_value=4.1, latest_period="2025", latest_value=8.2,
    target=30, target_period="2030", observed_pp=0.8, required_pp=2, required_from_now_pp=4, observed_cagr=0.1,
    required_cagr=0.2, ratio_pp=0.4, ratio_cagr=0.5, band="far too slow", band_pp="far too slow",
    headline="far too slow",
    fan=tuple(
        FanPoint(year=y, centre=9, interval80=_interval(8, 10), interval95=_interval(7, 11)) for y in (2026, 2030)
    ),
    scenarios=tuple(
        Scenario(name=name, years=(2025, 2030), values=(8.2, end))
        for name, end in (("pp pace", 12.0), ("cagr pace", 12.3), ("largest gain", 15.0), ("required", 30.0))
    ),
)  # fmt: skip
PLACES = [
    Row(name, i * 0.7 - 1, i * 0.7 - 2, i * 0.7, role="accent" if i == 1 else "plain" if i == 2 else "context")
    for i, name in enumerate(NAMES.values())
]
GRID = read_strict(TILES, tiles.TileGrid)


def _tiles():
    keys = sorted(GRID.tiles)
    return {
        key: tiles.Tile(f"Name {key}", f"provinces/{key}.html", "north" if GRID.tiles[key].row < 4 else "south",
                        value=4.0 * i if i < 6 else None, text=f"{4 * i}.0" if i < 6 else "")
        for i, key in enumerate(keys)
    }  # fmt: skip


def _pooling(error=None):
    items = zip(NAMES, (22, 41, 9, 63, 30), (40, 60, 25, 100, 80), strict=True)
    return Pooling(mean=0.5, intraclass=0.1, areas=tuple(
        PooledShare(area=a, count=x, total=n, raw=x / n, pooled=0.5, interval=_interval(0.4, 0.6), shrinkage=0.2,
                    standard_error=error)
        for a, x, n in items
    ))  # fmt: skip


def _funnel(wide=()):
    points = tuple(
        FunnelPoint(area=a, count=10 + i, total=30 + 20 * i, share=(10 + i) / (30 + 20 * i), z=0, p_value=0.1,
                    p_adjusted=0.1, singled_out=i == 3)
        for i, a in enumerate(NAMES)
    )  # fmt: skip
    limits = ((0.2, 0.3, 0.7, 0.8), (0.35, 0.4, 0.6, 0.65))
    return Funnel(centre=0.5, dispersion=1, overdispersed=bool(wide), points=points, limit_totals=(10, 120),
                  limits=limits, limits_overdispersed=wide, probabilities=(0.001, 0.025, 0.975, 0.999))  # fmt: skip


def _step(start, end, hazard):
    return FlowStep(
        start=start, end=end, days=(end - start).days, open_at_start=100, additions=0, finished=10, at_risk=100,
        hazard=0.1, hazard_interval=_interval(0.05, 0.18), daily_hazard=0.001, hazard30=hazard, hazard30_uniform=hazard,
        hazard30_interval=_interval(hazard - 0.02, hazard + 0.03), hazard30_last_day=hazard,
    )  # fmt: skip


DAYS = [date(2024, month, 28) for month in range(1, 13)]
QUARTERLY = tuple(
    ListCount(list="one", list_label="One list", reference_date=day, total=1000 + 10 * i, completed=200 + 50 * i,
              share=(200 + 50 * i) / (1000 + 10 * i))
    for i, day in enumerate(DAYS)
)  # fmt: skip
FLOW = Flow(area="a0", list="one", steps=tuple(_step(a, b, 0.03 + 0.01 * i) for i, (a, b) in enumerate(pairwise(DAYS))))


def _panel():
    slopes = tuple(
        ShrunkSlope(area=a, raw=i - 1.0, standard_error=0.3, pooled=0.5 * (i - 1), interval=_interval(i / 2 - 1, i / 2))
        for i, a in enumerate(NAMES)
    )
    return Panel(
        indicator="g", areas=5, years=6, residual_variance=1, intercept_variance=1, slope_variance=0, covariance=0,
        f_statistic=1, f_p_value=0.5, bartlett_p=0.1, unequal_variance=False, mixedlm_accepted=False, tau=0.2,
        slopes=slopes,
    )  # fmt: skip


def _exposure():
    study = tuple(EventStudyPoint(year=y, estimate=e, standard_error=0.2) for y, e in ((2023, -0.1), (2025, 0.5)))
    return Exposure(
        outcome="g", exposure="e", areas=34, years=(2023, 2024, 2025), post_years=(2025,), estimate=0.5,
        standard_error=0.2, t=2.5, wcr_p=0.02, ri_t_p=0.03, ri_c_p=0.03, minimum_detectable=0.6, event_study=study,
        verdict="no clear association",
    )  # fmt: skip


def _sensitivity():
    specifications = tuple(
        Specification(choices={"window": w, "series": s}, estimate=e, verdict="v", headline=e == 0.2)
        for w, s, e in (("all", "own", 0.2), ("all", "minus nation", -0.1), ("official", "own", None))
    )
    return Sensitivity(method="trend", subject="s", specifications=specifications, agree=1, of=3)


def _outlook():
    ways = tuple(
        OutlookAt(design_effect=f, mean_finished=300, interval=_interval(200 - 20 * f, 400 + 20 * f),
                  inner_interval=_interval(250, 350), probability_required=0.1, expected_share=0.7)
        for f in (1, 2, 4)
    )  # fmt: skip
    return Outlook(area="N", list="one", deadline=date(2026, 6, 30), required_share=0.95, open_tasks=686, days_left=208,
                   by_design_effect=ways, hazard_needed30=0.3, hazard_observed30=0.1, verdict="unlikely")  # fmt: skip


def _ranks():
    sets = tuple(
        RankSet(area=a, estimate=9.0 - i, standard_error=1, rank=i + 1, marginal=(1, 3), simultaneous=(max(i, 1), 5))
        for i, a in enumerate(NAMES)
    )
    return Ranks(indicator="i", sets=sets)


def _triangle():
    cells = (("2022", 2023, 12.67), ("2022", 2024, 12.63), ("2022", 2025, 12.83), ("2023", 2025, 12.87))
    return Revisions(area="N", indicator="i", measure="a", n=1, cells=tuple(
        VintageValue(period=p, published=date(y, 1, 6), value=v, status="observed", observation="f#1")
        for p, y, v in cells
    ))  # fmt: skip


LATE = {"late": _proportion(15, 98), "overdue": _proportion(12, 187)}
LISTS = [("Tasks assigned to Tuyên Quang by the centre", _completion("a0", 98, 187, **LATE)), ("Own list", REFUSED)]
BY_AREA = [_threshold("a", 46.3, "above", area="a0"), _threshold("a", 13.4, "cannot tell apart", area="a3")]
PANELS = [("Control of corruption in the public sector", LINES[:2]), ("E-governance", [])]
NATION = Rule(0, "nation", threshold=False)
BENCHMARK = Rule(16, "16% benchmark")
DIFFERENCES = [
    Row(name, 1.8 - 0.7 * i, 0.8 - 0.7 * i, 2.8 - 0.7 * i, f"{1.8 - 0.7 * i:+.2f}")
    for i, name in enumerate(NAMES.values())
]
DOTS = [Row("Office", 14.02, 12.8, 15.3, "14.02%", "below", role="accent", hollow=True)]
SHARE = _proportion(1227, 1298)
TEXTS = ("below 4", "4 to 8", "8 to 12", "12 to 16", "16 or more")
REGIONS = {"red_river_delta": "Red River Delta", "southeast": "Southeast"}


def _stands(value, period, unit="% of GDP"):
    day = date(2026, 1, 5)
    return TargetFigure(
        indicator="i", period=period, published=day, value=value, bound="=", unit=unit, status="observed"
    )


def _score(short, *readings, **about):
    given = {"id": short, "name": short, "short": short, "area": "", "horizon": "2030", "operator": ">="}
    given |= {"target": 30.0, "target_high": None, "text": "", "unit": "% of GDP", "legal_reference": "none"}
    return TargetScore(**given | about, readings=readings)


def _reading(verdict="far too slow", **about):
    both = {"baseline": _stands(13.17, "2024"), "latest": _stands(14.02, "2025"), "way": 0.05, "verdict": verdict}
    return TargetReading(measure="nso", nearest=False, **both | about)


SCORES = [
    _score("Digital economy", _reading()),
    _score("Innovation, world", reason="only related figures", target=3.0, unit="rank world"),
    _score("5G coverage", reason="not published", target=None, text="nationwide"),
    _score("Growth of patents", _reading("beyond the range", way=None), target=16.0, target_high=18.0),
    _score("State budget for science", _reading("reached", way=1.4), horizon="annual"),
]
LONG_SCORES = [
    *SCORES,
    _score(
        "Contribution of total factor productivity",
        _reading("between far too slow and too slow", what="as the National Statistics Office counts it"),
        _reading("", what="quoted by another publisher", way=-0.2, reason="no newer figure"),
    ),
]
GALLERY = {
    "completion": lambda f: tasks.completion(LISTS, f),
    "list_counts": lambda f: tasks.list_counts(QUARTERS, f, {date(2025, 12, 4): _proportion(601, 1287)}),
    "slope": lambda f: tasks.slope((*ONE_LIST, COUNTS[0]), f),
    "threshold": lambda f: shares.threshold(JUDGED, MEASURES, f, "16% benchmark"),
    "threshold_by_area": lambda f: shares.threshold_by_area(BY_AREA, NAMES, f, "16%", ["Cà Mau"]),
    "revisions": lambda f: shares.revisions(_triangle(), f),
    "pace": lambda f: pace.pace(PACE, SERIES, f, "target 30%"),
    "growth": lambda f: series.growth(LINES, f, f.words.percent_a_year, [Break(2025, "34 provinces, July 2025")]),
    "median_line": lambda f: series.growth(LINES, f, "% a year", trend=TREND),
    "small_multiples": lambda f: series.small_multiples(PANELS, f),
    "trends": lambda f: trends.trends(TRENDS, f),
    "two_trends": lambda f: trends.trends(TRENDS[:2], f, shared=False, breaks=[Break(2025, "merger, Jul 2025")]),
    "strip": lambda f: strips.strip(PLACES, f, "percentage points", NATION),
    "league": lambda f: league.league(DIFFERENCES, f, "percentage points", NATION),
    "rank_sets": lambda f: areas.rank_sets(_ranks(), NAMES, f),
    "pooled_shares": lambda f: areas.pooled_shares(_pooling(), NAMES, f),
    "caterpillar": lambda f: areas.caterpillar(_panel(), NAMES, f, "pp a year"),
    "funnel": lambda f: areas.funnel(_funnel(), NAMES, f, "tasks on the list"),
    "pooled_caterpillar": lambda f: areas.pooled_caterpillar(_pooling(0.05), NAMES, f, 1.39),
    "wide_funnel": lambda f: areas.funnel(_funnel(((0.0, 0.1, 0.9, 1.0), (0.2, 0.3, 0.7, 0.8))), NAMES, f, "tasks"),
    "hazards": lambda f: hazards.hazards(FLOW, f, "% finished in 30 days"),
    "long_slope": lambda f: tasks.slope(QUARTERLY, f),
    "long_outlook": lambda f: outlook.outlook(_outlook(), QUARTERLY, f),
    "event_study": lambda f: checks.event_studies(
        [("GRDP per head, current prices 2023 (log)", _exposure()), ("Urban share", _exposure())],
        f, "pp per SD", 2024, 2.03, "December 2024",
    ),
    "one_event_study": lambda f: checks.event_studies([("Merger", _exposure())], f, "pp", 2024, 2.03, "December 2024"),
    "specification_plot": lambda f: checks.specification_plot(_sensitivity(), f, "slope, pp a year"),
    "outlook": lambda f: outlook.outlook(_outlook(), ONE_LIST, f),
    "spark_share": lambda f: sparks.spark_share(SHARE, f, "completed", "not completed"),
    "spark_dots": lambda f: sparks.spark_dots(DOTS, f, "% of GDP", BENCHMARK),
    "spark_line": lambda f: sparks.spark_line(LINES[0], f, 1, BENCHMARK),
    "scorecard": lambda f: targets.target_lines(targets.scorecard_lines(SCORES, {"nso": "NSO"}, f), f),
    "long_scorecard": lambda f: targets.target_lines(targets.scorecard_lines(LONG_SCORES, {}, f), f),
    "tile_map": lambda f: tiles.tile_map(_tiles(), GRID, f, (4, 8, 12, 16), TEXTS, REGIONS, "Share, %"),
    "locator": lambda f: tiles.locator("n46", GRID, f, {"n46": "Huế"}),
}  # fmt: skip


def _draw(name, language="en"):
    verdicts = read_wording(TILES.parents[1]).verdicts_in(language)
    frame = Frame("it", "n01", Formats(language), verdicts)
    return GALLERY[name](frame)


@pytest.fixture(scope="module")
def drawn():
    return {name: _draw(name) for name in GALLERY}


def _texts(svg):
    """Every horizontal text with its box: left, top, right, bottom."""
    for node in ElementTree.fromstring(svg).iter(f"{SVG}text"):
        if "rotate" in node.get("transform", ""):
            continue
        style = dict(part.split(": ", 1) for part in node.get("style", "").split("; ") if part)
        size = float(style.get("font-size", node.get("font-size", "0")).removesuffix("px"))
        weight = int(style.get("font-weight", node.get("font-weight", "400")))
        anchor = style.get("text-anchor", node.get("text-anchor", "start"))
        width = text_width(node.text or "", size, weight)
        left = float(node.get("x")) - {"start": 0, "middle": width / 2, "end": width}[anchor]
        y = float(node.get("y"))
        yield (
            node.text,
            size,
            style.get("fill", node.get("fill")),
            (left, y - 0.72 * size, left + width, y + 0.2 * size),
        )


@pytest.mark.parametrize("name", GALLERY)
def test_the_same_records_give_the_same_bytes(name, drawn):
    assert _draw(name) == drawn[name]


@pytest.mark.parametrize("language", ["en", "vi"])
@pytest.mark.parametrize("name", GALLERY)
def test_no_text_touches_another_or_leaves_the_figure(name, language, drawn):
    picture = drawn[name] if language == "en" else _draw(name, language)
    for svg in picture.files.values():
        width, height = (float(part) for part in re.search(r'viewBox="0 0 (\S+) (\S+)"', svg).groups())
        boxes = [(text, box) for text, _, _, box in _texts(svg) if text]
        for text, (left, top, right, bottom) in boxes:
            assert left >= -1, text
            assert top >= -1, text
            assert right <= width + 1, text
            assert bottom <= height + 1, text
        for (one, a), (other, b) in combinations(boxes, 2):
            apart = a[2] <= b[0] + 1 or b[2] <= a[0] + 1 or a[3] <= b[1] + 1 or b[3] <= a[1] + 1
            assert apart, f"{one!r} touches {other!r}"


@pytest.mark.parametrize("name", GALLERY)
def test_no_text_is_smaller_than_eleven_pixels_or_paler_than_it_may_be(name, drawn):
    readable = {colours.INK, colours.MUTED, colours.ACCENT, colours.THRESHOLD, colours.PAPER}
    for svg in drawn[name].files.values():
        for text, size, fill, _ in _texts(svg):
            assert size >= 11, text
            assert fill in readable, text


@pytest.mark.parametrize("name", GALLERY)
def test_only_colours_of_the_palette_are_used(name, drawn):
    known = {value for value in vars(colours).values() if isinstance(value, str) and value.startswith("#")}
    for svg in drawn[name].files.values():
        assert set(re.findall(r'(?<=[: "])#[0-9A-Fa-f]{6}\b', svg)) <= known | set(colours.SEQUENTIAL)


@pytest.mark.parametrize("name", GALLERY)
def test_every_id_and_rule_of_a_picture_carries_its_label(name, drawn):
    for path, svg in drawn[name].files.items():
        label = Path(path).stem
        assert all(id == label or id.startswith(f"{label}-") for id in re.findall(r'\sid="([^"]+)"', svg))
        targets = re.findall(r'(?:href="#|url\(#)([^")]+)', svg)
        assert set(targets) <= set(re.findall(r'\sid="([^"]+)"', svg))
        assert all(rule.startswith(f"#{label} ") for rule in re.findall(r"<style[^>]*>([^<]*)", svg))


@pytest.mark.parametrize("name", sorted(set(GALLERY) - {"locator"}))
def test_a_figure_follows_the_conventions_of_the_report(name, drawn):
    assert next(iter(drawn[name].files)) == "figures/n01-it.svg"
    assert re.search(r"\d", drawn[name].alt), "the alternative text carries the data"


@pytest.mark.parametrize(
    "name", sorted(set(GALLERY) - {"tile_map", "locator", "spark_share", "spark_dots", "spark_line"})
)
def test_a_wide_figure_has_a_variant_for_a_narrow_screen(name, drawn):
    files = drawn[name].files
    assert list(files) == ["figures/n01-it.svg", "figures/n01-it-narrow.svg"]
    assert ['width="680"' in files["figures/n01-it.svg"], 'width="340"' in files["figures/n01-it-narrow.svg"]] == [
        True
    ] * 2


@pytest.mark.parametrize("name", ["list_counts", "threshold", "growth", "tile_map"])
def test_words_inside_follow_the_language_of_the_numbers(name):
    english = {
        word for word in vars(WORDS["en"]).values() if isinstance(word, str) and len(word) > 6 and "{" not in word
    }
    text = " ".join(next(iter(_draw(name, "vi").files.values())).split())
    assert not [word for word in english if f">{word}<" in text]


def test_every_word_has_its_translation():
    for name, word in vars(WORDS["en"]).items():
        assert getattr(WORDS["vi"], name) != word, name


def test_a10_verdicts_in_figures_are_those_of_the_closed_list_and_stand_nowhere_else():
    wording = read_wording(TILES.parents[1])
    for language in ("en", "vi"):
        frame = Frame("it", verdicts=wording.verdicts_in(language))
        assert frame.verdict("cannot tell apart") == wording.verdict("cannot tell apart", language)
        told = set(wording.verdicts_in(language).values())
        assert not told & {word.lower() for word in vars(WORDS[language]).values() if isinstance(word, str)}


def test_lists_that_changed_are_never_joined_by_a_line(drawn):
    svg = drawn["list_counts"].files["figures/n01-it.svg"]
    assert svg.count("List changed, no comparison") == len(QUARTERS.steps)
    one, other = (tasks.slope(counts, Frame("s")).files["figures/s.svg"] for counts in (ONE_LIST, COUNTS[1:]))
    joined = re.compile(rf"fill: none; stroke: {colours.ACCENT}; stroke-width")
    assert (len(joined.findall(one)), len(joined.findall(other))) == (1, 0)


def test_a_long_line_names_its_ends_only():
    for path, svg in tasks.slope(QUARTERLY, Frame("s")).files.items():
        told = [text for text, *_ in _texts(svg) if " of " in text.replace("\u00a0", " ")]
        assert [text.replace("\u00a0", " ") for text in told] == ["200 of 1,000", "750 of 1,110"], path


def test_the_limits_that_are_judged_by_are_named_and_chance_alone_is_paler(drawn):
    plain, wide = (drawn[name].files["figures/n01-it.svg"] for name in ("funnel", "wide_funnel"))
    pale = re.compile(rf"stroke: {colours.CONTEXT_LIGHT}")
    assert (len(pale.findall(plain)), len(pale.findall(wide))) == (0, 4)


@pytest.mark.parametrize(("language", "names"), [("en", ["90% limits", "99% limits"]), ("vi", ["giới hạn 99,8%"])])
def test_limits_are_named_by_the_probabilities_they_are_drawn_at(language, names):
    tails = (0.005, 0.05, 0.95, 0.995) if language == "en" else (0.001, 0.025, 0.975, 0.999)
    frame = Frame("f", formats=Formats(language))
    made = areas.funnel(_funnel().model_copy(update={"probabilities": tails}), NAMES, frame, "tasks")
    told = made.files["figures/f.svg"].replace("\u00a0", " ")
    assert [name for name in names if name not in told] == []


def test_the_bands_of_a_fan_are_named_by_the_levels_they_are_drawn_at():
    fan = tuple(
        point.model_copy(
            update={
                "interval80": point.interval80.model_copy(update={"level": 0.5}),
                "interval95": point.interval95.model_copy(update={"level": 0.9}),
            }
        )
        for point in PACE.fan
    )
    frame = Frame("p")
    made = pace.pace(PACE.model_copy(update={"fan": fan}), SERIES, frame, "target 30%")
    told = " ".join(text for text, *_ in _texts(made.files["figures/p.svg"]))
    assert "50 and 90% of past drift" in told.replace("\u00a0", " ")


def test_one_band_of_an_outlook_is_an_interval_and_several_are_design_effects(drawn):
    one = _outlook().model_copy(update={"by_design_effect": _outlook().by_design_effect[:1]})
    single = outlook.outlook(one, ONE_LIST, Frame("o")).files["figures/o.svg"]
    assert "95% interval" in single
    assert "design effect" not in single
    assert "design effect 4" in drawn["outlook"].files["figures/n01-it.svg"]


def test_an_estimate_is_hollow_and_the_line_to_it_dashed():
    final = tuple(point.model_copy(update={"status": "observed"}) for point in SERIES)
    drawn = [series.growth([Line("A", p, "accent")], Frame("g"), "%").files["figures/g.svg"] for p in (final, SERIES)]
    assert ["stroke-dasharray" in svg for svg in drawn] == [False, True]
    assert [f"fill: {colours.PAPER}" in svg for svg in drawn] == [False, True]
    assert ["ollow" in svg for svg in drawn] == [False, True]


def test_a_year_without_a_value_is_named_and_left_open():
    gap = tuple(point for point in SERIES if point.year != 2023)
    svg = series.growth([Line("Alpha", gap, "accent")], Frame("g"), "%").files["figures/g.svg"]
    assert "Alpha: 2023 not published." in svg


def _line_ends(svg):
    """The ends of the straight ink lines, in pixels."""
    return [
        tuple(float(each) for each in found)
        for found in re.findall(rf'd="M (\S+) (\S+) \nL (\S+) (\S+) \n" [^>]*stroke: {colours.INK}', svg)
    ]


def test_the_line_of_a_trend_runs_over_its_window_only(drawn):
    (x0, y0, x1, y1), _ = _line_ends(drawn["trends"].files["figures/n01-it.svg"])
    # Three of the five steps between the years: the window opens in the third of six years.
    whole, _ = _line_ends(_of_window(2020).files["figures/n01-it.svg"])
    assert (x1 - x0) / (whole[2] - whole[0]) == pytest.approx(3 / 5, abs=0.01)
    assert y1 > y0, "the line falls"


def _of_window(first):
    panels = [
        replace(each, trend=each.trend and each.trend.model_copy(update={"first_year": first})) for each in TRENDS
    ]
    return trends.trends(panels, Frame("it", scope="n01"))


def test_no_line_is_drawn_where_there_is_no_clear_trend():
    unclear = TREND.model_copy(update={"verdict": "no clear trend"})
    panels = [trends.TrendPanel("A", "no clear trend", unclear, 0.0)]
    for made in (trends.trends(panels, Frame("t")), series.growth(LINES[:1], Frame("t"), "%", trend=unclear)):
        assert "stroke: " + colours.INK not in made.svg
        assert "line: median slope" not in (made.svg + made.alt).lower()


def test_points_outside_the_window_are_grey_and_said_to_be(drawn):
    svg = drawn["trends"].files["figures/n01-it.svg"]
    assert "grey: outside the years of the trend" in svg
    assert "grey" not in _of_window(2020).files["figures/n01-it.svg"]
    assert svg.count(f"stroke: {colours.CONTEXT}") > _of_window(2020).files["figures/n01-it.svg"].count(colours.CONTEXT)


def test_a_refused_trend_keeps_its_panel_with_the_reason(drawn):
    assert "definition changed lately" in drawn["trends"].files["figures/n01-it.svg"].replace("\n", " ")
    assert "Public administrative procedures: definition changed lately." in drawn["trends"].alt


def test_a_bound_is_an_arrow_without_an_interval(drawn):
    plain = shares.threshold(JUDGED[:2], MEASURES, Frame("t"), "16%").files["figures/t.svg"]
    bound = shares.threshold([*JUDGED[:2], JUDGED[2]], MEASURES, Frame("t"), "16%").files["figures/t.svg"]
    assert "stated above" in bound
    assert bound.count("<path") > plain.count("<path")


def test_a_refusal_is_said_in_its_row(drawn):
    assert "not published" in drawn["completion"].files["figures/n01-it.svg"]
    assert "Not published: Cà Mau." in drawn["threshold_by_area"].files["figures/n01-it.svg"]


def test_dots_of_a_swarm_never_touch():
    values = [0.1 * (i % 7) + i * 0.001 for i in range(34)]
    places = [Row(f"A{i}", value, role="context" if i else "accent") for i, value in enumerate(values)]
    for svg in strips.strip(places, Frame("s"), "points", NATION).files.values():
        outlines = re.findall(r'<path d="([^"]*)"[^>]*stroke-width: 0.6', svg)
        assert len(outlines) == len(values)
        for one, other in combinations(map(_circle, outlines), 2):
            assert (one[0] - other[0]) ** 2 + (one[1] - other[1]) ** 2 >= (one[2] + other[2] - 0.1) ** 2


def _circle(outline):
    """Centre and radius of a round path."""
    xs, ys = ([float(number) for number in re.findall(r"-?[\d.]+", outline)[side::2]] for side in (0, 1))
    return (min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2, (max(xs) - min(xs)) / 2


# Tiles --------------------------------------------------------------------------------------------------


def test_each_tile_is_a_link_with_its_name_and_value(drawn):
    root = ElementTree.fromstring(drawn["tile_map"].files["figures/n01-it.svg"])
    links = {node.get("href"): node.find(f"{SVG}title").text for node in root.iter(f"{SVG}a")}
    assert len(links) == len(GRID.tiles)
    assert links["provinces/n04.html"] == "Name n04: 4.0"
    assert links["provinces/n96.html"] == "Name n96: not published"


def test_what_is_not_published_never_wears_a_colour_of_the_scale():
    nothing = {key: tiles.Tile(key) for key in GRID.tiles}
    svg = tiles.tile_map(nothing, GRID, Frame("m"), (1, 2, 3, 4), TEXTS).files["figures/m.svg"]
    assert not [colour for colour in colours.SEQUENTIAL if colour in svg]
    assert svg.count("url(#m-hatch)") == len(GRID.tiles) + len(GRID.islands) + 1
    assert "34 not published" in svg


@pytest.mark.parametrize(("value", "group"), [(3.9, 0), (4.0, 1), (15.9, 3), (16.0, 4)])
def test_a_value_at_a_bound_belongs_to_the_class_above(value, group):
    one = tiles.TileGrid(columns=1, rows=1, tiles={"a": GRID.tiles["n01"]}, key=GRID.key)
    tile = {"a": tiles.Tile("A", value=value, text="v")}
    svg = tiles.tile_map(tile, one, Frame("m"), (4, 8, 12, 16), TEXTS).files["figures/m.svg"]
    assert svg.split("</g>")[0].count(f'fill="{colours.SEQUENTIAL[group]}"') == 1


def test_an_area_without_a_place_on_the_grid_is_refused():
    with pytest.raises(ParamsError, match='a tile for "n97"'):
        tiles.tile_map({"n97": tiles.Tile("X")}, GRID, Frame("m"), (1, 2, 3, 4), TEXTS)


def test_the_locator_marks_one_area_with_its_islands():
    files = [tiles.locator(key, GRID, Frame("l"), {key: "X"}).files["figures/l.svg"] for key in ("n46", "n48")]
    assert [svg.count(colours.ACCENT) for svg in files] == [1, 2]


def test_the_grid_keeps_north_above_south_and_tiles_apart():
    spots = [(tile.column, tile.row) for tile in GRID.tiles.values()]
    assert len(set(spots)) == len(spots) == 34
    assert all(column < GRID.columns and row < GRID.rows for column, row in spots)
    from_north = ["n04", "n01", "n38", "n44", "n46", "n51", "n52", "n66", "n68", "n79", "n92", "n96"]
    rows = [GRID.tiles[key].row for key in from_north]
    assert rows == sorted(rows)
    assert GRID.tiles["n11"].column < GRID.tiles["n20"].column
    assert GRID.tiles["n91"].column < GRID.tiles["n56"].column


def test_every_tile_of_the_grid_touches_a_neighbour():
    spots = {(tile.column, tile.row) for tile in GRID.tiles.values()}
    steps = [(i, j) for i in (-1, 0, 1) for j in (-1, 0, 1) if (i, j) != (0, 0)]
    assert all(any((x + i, y + j) in spots for i, j in steps) for x, y in spots)


def test_short_names_hold_the_letters_of_the_language():
    lines = [
        line for tile in yaml.safe_load(TILES.read_text(encoding="utf-8"))["tiles"].values() for line in tile["lines"]
    ]
    assert {"Đắk", "Quảng", "Huế"} <= set(lines)
    assert max(text_width(line, 11) for line in lines) <= tiles.SIDE


# Colour -------------------------------------------------------------------------------------------------


def _linear(colour):
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    return [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]


def _luminance(colour):
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), _linear(colour), strict=True))


def _contrast(one, other):
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _lab(linear):
    x = (0.4124 * linear[0] + 0.3576 * linear[1] + 0.1805 * linear[2]) / 0.95047
    y = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    z = (0.0193 * linear[0] + 0.1192 * linear[1] + 0.9505 * linear[2]) / 1.08883
    fx, fy, fz = (t ** (1 / 3) if t > 0.008856 else 7.787 * t + 16 / 116 for t in (max(v, 0) for v in (x, y, z)))
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)


def _distance(one, other, vision):
    seen = [[sum(w * v for w, v in zip(row, _linear(c), strict=True)) for row in vision] for c in (one, other)]
    return sum((a - b) ** 2 for a, b in zip(_lab(seen[0]), _lab(seen[1]), strict=True)) ** 0.5


# Difference in CIELAB that half of all observers just notice (Mahy, Van Eycken, Oosterlinck 1994)
NOTICEABLE = 2.3

# Machado, Oliveira, Fernandes (2009), severity 1.0, on linear RGB
VISIONS = {
    "full": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deuteranopia": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "tritanopia": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
}


@pytest.mark.parametrize("vision", VISIONS)
def test_accent_threshold_ink_and_context_are_told_apart_by_every_eye(vision):
    for one, other in combinations((colours.ACCENT, colours.THRESHOLD, colours.INK, colours.CONTEXT), 2):
        assert _distance(one, other, VISIONS[vision]) > 6 * NOTICEABLE, (one, other)


@pytest.mark.parametrize("vision", VISIONS)
@pytest.mark.parametrize("scale", [colours.SEQUENTIAL, colours.SEQUENTIAL_DARK])
def test_neighbouring_classes_are_told_apart_by_every_eye(scale, vision):
    for one, other in pairwise(scale):
        assert _distance(one, other, VISIONS[vision]) > 3 * NOTICEABLE


@pytest.mark.parametrize("scale", [colours.SEQUENTIAL, tuple(reversed(colours.SEQUENTIAL_DARK))])
def test_classes_darken_in_greyscale_print(scale):
    light = [_lab([_luminance(colour)] * 3)[0] for colour in scale]
    assert all(one - other > 8 for one, other in pairwise(light))


def test_text_has_contrast_of_four_and_a_half_and_marks_of_three():
    for colour in (colours.INK, colours.MUTED, colours.ACCENT, colours.THRESHOLD):
        assert _contrast(colour, colours.PAPER) >= 4.5
    assert _contrast(colours.CONTEXT, colours.PAPER) >= 3


@pytest.mark.parametrize(
    ("scale", "ink", "paper"),
    [(colours.SEQUENTIAL, colours.INK, colours.PAPER), (colours.SEQUENTIAL_DARK, "#E7EAED", "#14171A")],
)
def test_text_on_every_class_is_readable_in_both_themes(scale, ink, paper):
    for index, colour in enumerate(scale):
        text = ink if colours.text_on_class(index) == colours.INK else paper
        assert _contrast(text, colour) >= 4.5, index


# Labels -------------------------------------------------------------------------------------------------


def test_labels_are_moved_as_little_as_needed_and_keep_their_order():
    assert spread([10, 11, 100], [10, 10, 10], 0, 200) == [5.5, 15.5, 100]
    assert spread([3, 1], [10, 10], 0, 100) == [15, 5]
    assert spread([98, 99], [10, 10], 0, 100) == [85, 95]


def test_ticks_are_round_and_inside():
    assert round_ticks(0, 1, 5) == [0, 0.2, 0.4, 0.6, 0.8, 1.0]
    assert round_ticks(11.7, 21.2, 6) == [12, 14, 16, 18, 20]


def test_lines_break_between_words_only_and_not_at_a_number():
    lines = wrap("List changed: 1\u00a0298 tasks on the list", 90, 12)
    assert " ".join(lines) == "List changed: 1\u00a0298 tasks on the list"
    assert any("1\u00a0298" in line for line in lines)


@pytest.mark.parametrize("size", [(22, 8), (200, 2), (100, 14), (230, 38)])
def test_a_panel_is_as_large_as_asked(size: tuple[int, int]) -> None:
    """Bars as low as two pixels and keys of 22 must not run into the texts next to them."""
    figure = new_figure(264, 90)
    box = panel(figure, 5, 4, *size).get_position()
    assert (box.width * 264, box.height * 90) == pytest.approx(size)
    assert (1 - box.y1) * 90 == pytest.approx(4)


def test_names_that_take_all_the_width_leave_some_of_the_figure() -> None:
    box = panel(new_figure(264, 90), 5, 4, -300, 30).get_position()
    assert box.width > 0
