"""policyreport: the reproducible evaluation report on a public policy.

What notebooks and other people's scripts use stands here by name, and is loaded when it is first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from policyreport.data.inputs import Inputs
    from policyreport.data.observations.known import to_observations as to_observations
    from policyreport.data.quality import bounded_values as bounded_values
    from policyreport.data.quality import check_boundaries as check_boundaries
    from policyreport.data.quality import count_bases as count_bases
    from policyreport.data.quality import list_changes as list_changes
    from policyreport.data.quality import panel_values as panel_values
    from policyreport.data.quality import part_missing as part_missing
    from policyreport.data.quality import summarise_topics as summarise_topics
    from policyreport.data.selection import compare_series as compare_series
    from policyreport.data.statements import count_themes as count_themes
    from policyreport.data.statements import to_statements as to_statements
    from policyreport.params.methods import method_settings as method_settings
    from policyreport.records.base import Results as Results
    from policyreport.running.by_hand import compare_with_official as compare_with_official
    from policyreport.running.official import Record
    from policyreport.running.workspace import open_edition as open_edition
    from policyreport.statistics.ranks.comparators import mean_differences as mean_differences
    from policyreport.statistics.ranks.comparators import weighted_mean as weighted_mean
    from policyreport.statistics.ranks.peers import compare_with_country as compare_with_country
    from policyreport.statistics.ranks.peers import compare_with_peers as compare_with_peers
    from policyreport.statistics.ranks.published import mean_above_country as mean_above_country
    from policyreport.statistics.ranks.published import mean_change_above_country as mean_change_above_country
    from policyreport.statistics.ranks.published import rank_means as rank_means
    from policyreport.statistics.ranks.published import rank_published as rank_published
    from policyreport.statistics.ranks.published import rank_sets as rank_sets
    from policyreport.statistics.ranks.published import relative_level as relative_level
    from policyreport.statistics.scorecard.coverage import count_codes as count_codes
    from policyreport.statistics.scorecard.coverage import count_published as count_published
    from policyreport.statistics.scorecard.league import collect_headlines as collect_headlines
    from policyreport.statistics.scorecard.league import collect_league as collect_league
    from policyreport.statistics.scorecard.league import count_turnout as count_turnout
    from policyreport.statistics.scorecard.league import national_record as national_record
    from policyreport.statistics.scorecard.specifications import headline_specifications as headline_specifications
    from policyreport.statistics.scorecard.strip import collect_strip as collect_strip
    from policyreport.statistics.scorecard.targets import score_targets as score_targets
    from policyreport.statistics.series.among import find_trends as find_trends
    from policyreport.statistics.series.among import fit_trend_among as fit_trend_among
    from policyreport.statistics.series.exposure import exposure_design as exposure_design
    from policyreport.statistics.series.exposure import fit_exposure as fit_exposure
    from policyreport.statistics.series.level_trend import compare_changes as compare_changes
    from policyreport.statistics.series.panel import fit_panel as fit_panel
    from policyreport.statistics.series.specifications import score_specifications as score_specifications
    from policyreport.statistics.series.steps import test_drift as test_drift
    from policyreport.statistics.series.steps import test_step as test_step
    from policyreport.statistics.series.trend import fit_trend as fit_trend
    from policyreport.statistics.series.trend import refuse_index as refuse_index
    from policyreport.statistics.shares.aggregate import aggregate_shares as aggregate_shares
    from policyreport.statistics.shares.pace import pace_of_share as pace_of_share
    from policyreport.statistics.shares.revisions import measure_differences as measure_differences
    from policyreport.statistics.shares.revisions import revisions_of_share as revisions_of_share
    from policyreport.statistics.shares.threshold import other_quantity as other_quantity
    from policyreport.statistics.shares.threshold import share_against as share_against
    from policyreport.statistics.tasks.completion import completion_of_lists as completion_of_lists
    from policyreport.statistics.tasks.flow import pace_of_tasks as pace_of_tasks
    from policyreport.statistics.tasks.funnel import funnel_of_lists as funnel_of_lists
    from policyreport.statistics.tasks.outlook import calibrate_outlook as calibrate_outlook
    from policyreport.statistics.tasks.outlook import outlook_of_tasks as outlook_of_tasks
    from policyreport.statistics.tasks.pooling import pool_lists as pool_lists
    from policyreport.statistics.tasks.quarters import quarter_on_quarter as quarter_on_quarter
    from policyreport.statistics.tasks.ranking import rank_lists as rank_lists

__version__ = "0.1.0"

_PUBLIC = {
    "Results": "policyreport.records.base",
    "method_settings": "policyreport.params.methods",
    "open_edition": "policyreport.running.workspace",
    "compare_with_official": "policyreport.running.by_hand",
    "bounded_values": "policyreport.data.quality",
    "check_boundaries": "policyreport.data.quality",
    "compare_series": "policyreport.data.selection",
    "count_bases": "policyreport.data.quality",
    "count_themes": "policyreport.data.statements",
    "to_statements": "policyreport.data.statements",
    "collect_headlines": "policyreport.statistics.scorecard.league",
    "count_turnout": "policyreport.statistics.scorecard.league",
    "list_changes": "policyreport.data.quality",
    "panel_values": "policyreport.data.quality",
    "part_missing": "policyreport.data.quality",
    "summarise_topics": "policyreport.data.quality",
    "to_observations": "policyreport.data.observations.known",
    "aggregate_shares": "policyreport.statistics.shares.aggregate",
    "measure_differences": "policyreport.statistics.shares.revisions",
    "other_quantity": "policyreport.statistics.shares.threshold",
    "pace_of_share": "policyreport.statistics.shares.pace",
    "revisions_of_share": "policyreport.statistics.shares.revisions",
    "share_against": "policyreport.statistics.shares.threshold",
    "calibrate_outlook": "policyreport.statistics.tasks.outlook",
    "completion_of_lists": "policyreport.statistics.tasks.completion",
    "funnel_of_lists": "policyreport.statistics.tasks.funnel",
    "outlook_of_tasks": "policyreport.statistics.tasks.outlook",
    "pace_of_tasks": "policyreport.statistics.tasks.flow",
    "pool_lists": "policyreport.statistics.tasks.pooling",
    "quarter_on_quarter": "policyreport.statistics.tasks.quarters",
    "rank_lists": "policyreport.statistics.tasks.ranking",
    "mean_above_country": "policyreport.statistics.ranks.published",
    "mean_change_above_country": "policyreport.statistics.ranks.published",
    "rank_means": "policyreport.statistics.ranks.published",
    "weighted_mean": "policyreport.statistics.ranks.comparators",
    "mean_differences": "policyreport.statistics.ranks.comparators",
    "compare_with_country": "policyreport.statistics.ranks.peers",
    "compare_with_peers": "policyreport.statistics.ranks.peers",
    "rank_published": "policyreport.statistics.ranks.published",
    "rank_sets": "policyreport.statistics.ranks.published",
    "relative_level": "policyreport.statistics.ranks.published",
    "count_codes": "policyreport.statistics.scorecard.coverage",
    "count_published": "policyreport.statistics.scorecard.coverage",
    "collect_league": "policyreport.statistics.scorecard.league",
    "national_record": "policyreport.statistics.scorecard.league",
    "headline_specifications": "policyreport.statistics.scorecard.specifications",
    "collect_strip": "policyreport.statistics.scorecard.strip",
    "score_targets": "policyreport.statistics.scorecard.targets",
    "score_specifications": "policyreport.statistics.series.specifications",
    "find_trends": "policyreport.statistics.series.among",
    "fit_trend_among": "policyreport.statistics.series.among",
    "exposure_design": "policyreport.statistics.series.exposure",
    "fit_exposure": "policyreport.statistics.series.exposure",
    "refuse_index": "policyreport.statistics.series.trend",
    "compare_changes": "policyreport.statistics.series.level_trend",
    "fit_panel": "policyreport.statistics.series.panel",
    "test_drift": "policyreport.statistics.series.steps",
    "test_step": "policyreport.statistics.series.steps",
    "fit_trend": "policyreport.statistics.series.trend",
}


def official(record: Record, data: Inputs) -> Record:
    """Compare the calls behind a record with those of params/official.yaml, and note in it what differs.

    Parameters
    ----------
    record : NotebookRecord
        From `data.record(…)`.
    data : Inputs
        From `open_edition`.

    Returns
    -------
    NotebookRecord
        The record with `differs`, empty where every result was made as the edition requires.

    Raises
    ------
    ParamsError
        If a call in params/official.yaml cannot be made.

    Examples
    --------
    >>> record = official(record, data)  # doctest: +SKIP
    """
    compared = import_module("policyreport.running.official").compared
    return compared(record, data, _named)  # type: ignore[no-any-return]


def __getattr__(name: str) -> Any:
    value = _named(name)
    if (".statistics." in _PUBLIC[name] or ".data." in _PUBLIC[name]) and name != "national_record":
        # Its results go into records.
        value = import_module("policyreport.running.official").noted(value)
        globals()[name] = value
    return value


def _named(name: str) -> Any:
    """Return what stands here by a name, as its own module has it."""
    if name not in _PUBLIC:
        raise AttributeError(f"module 'policyreport' has no attribute {name!r}; it has {', '.join(sorted(_PUBLIC))}")
    return getattr(import_module(_PUBLIC[name]), name)


def __dir__() -> list[str]:
    return sorted(["__version__", "official", *_PUBLIC])
