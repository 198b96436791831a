"""The tile map of the country, linked to the provinces' pages."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from policyreport.data.inputs import Inputs
from policyreport.figures.exhibits import Exhibit
from policyreport.figures.present.behind import rows_behind
from policyreport.figures.present.voice import Voice
from policyreport.figures.tiles import Tile, TileGrid, tile_map
from policyreport.params.reading import read_strict
from policyreport.records.notebooks import LeagueRow


def tile_grid(inputs: Inputs) -> TileGrid:
    """Read the places of the tiles from params/tiles.yaml in the slice's folder."""
    return read_strict(inputs.folder / "params" / "tiles.yaml", TileGrid)


def share_map(rows: Sequence[LeagueRow], inputs: Inputs) -> Exhibit:
    """Draw the provinces' digital-economy share; what is not published is hatched: "map"."""
    voice = Voice(inputs)
    published = [row for row in rows if row.share is not None]
    tiles = {
        row.area: Tile(
            name=row.name,
            href=f"provinces/{row.slug}.html",
            region=inputs.areas.region(row.area).split(":")[-1],
            value=row.share,
            text="" if row.share is None else voice.percent_as_published(row.share),
            short="" if row.share is None else voice.as_published(row.share),
            inputs=row.inputs.get("share", ()),
        )
        for row in rows
    }
    everywhere = inputs.provinces
    tiles |= {
        area: Tile(inputs.areas.name(area), region=inputs.areas.region(area).split(":")[-1], computed=False)
        for area in everywhere
        if area not in tiles
    }
    years = sorted({row.share_year for row in published})
    when = f" in {'–'.join(years)}" if years else ""
    frame = voice.frame(
        "map",
        f"The digital economy's share is published for {len(published)} of {voice.areas_computed(len(rows))}{when}",
        f"% of GRDP, {voice.measure(inputs.roles.share.headline_measure)}'s measure",
        rows_behind(tiles),
    )
    regions = {key.split(":")[-1]: inputs.areas.name(key) for key in map(inputs.areas.region, everywhere)}
    bounds = sorted({*inputs.roles.map.bounds, inputs.policy.threshold.value})
    return tile_map(
        tiles, tile_grid(inputs), frame, bounds, _classes(voice, bounds), regions, "Digital economy, % of GRDP"
    ).renamed("map")


def _classes(voice: Voice, bounds: Sequence[float]) -> list[str]:
    """Names of the classes between bounds, lowest first."""
    ends = [voice.as_published(bound) for bound in bounds]
    return [f"below {ends[0]}", *(f"{low} to {high}" for low, high in pairwise(ends)), f"{ends[-1]} or more"]
