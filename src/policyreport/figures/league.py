"""League figures: areas as dots with intervals, in one column."""

from collections.abc import Sequence

from policyreport.data.inputs import Inputs
from policyreport.figures.frame import Frame, Picture, Pictures, frame_for, in_each_language
from policyreport.figures.labels import open_scale
from policyreport.figures.rows import Row, Rule, paint_rows
from policyreport.figures.style import picture
from policyreport.figures.tiles import share_map
from policyreport.records.notebooks import LeagueRow


@in_each_language
def side_by_side(rows: Sequence[LeagueRow], data: Inputs) -> Pictures:
    """Draw growth against the country's and the map of the share, from `collect_league`: "league-growth", "map"."""
    compared = [row for row in rows if row.growth_mean_difference is not None and row.growth_mean_interval is not None]
    drawn = [growth_differences(compared, data)] if compared else []
    return Pictures([*drawn, share_map(rows, data)])


def growth_differences(compared: Sequence[LeagueRow], data: Inputs) -> Picture:
    """Draw dot and interval of the mean difference, largest first."""
    frame = frame_for(data, "league-growth")
    places = [
        Row(
            row.name,
            row.growth_mean_difference,
            row.growth_mean_interval.low if row.growth_mean_interval else None,
            row.growth_mean_interval.high if row.growth_mean_interval else None,
            text=frame.formats.number(row.growth_mean_difference or 0, 2, signed=True),
            role="accent" if row.growth_verdict in ("above", "below") else "plain",
            inputs=row.inputs.get("growth_mean_difference", ()),
        )
        for row in sorted(compared, key=lambda row: -(row.growth_mean_difference or 0))
    ]
    return league(places, frame, frame.words.points, Rule(0.0, frame.words.country))


def league(
    rows: Sequence[Row],
    frame: Frame,
    unit: str,
    rule: Rule | None = None,
) -> Picture:
    """Draw areas as dots with intervals, in the order given.

    `unit` stands beneath the axis.
    """
    ends = [end for row in rows for end in (row.value, row.low, row.high, row.start) if end is not None]
    scale = open_scale([*ends, rule.value] if rule else ends, 0.05, 6, frame.formats)
    alt = "; ".join(f"{row.label} {row.text}".strip() for row in rows)
    return picture(frame, f"{alt}. {unit}", lambda width: paint_rows(width, rows, scale, rule, unit))
