"""The tile grid map: one square per area, each a link, and a small locator on the same grid.

Written as SVG: neither matplotlib nor seaborn draws links with titles.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise

from pydantic import Field

from policyreport.data.inputs import Inputs
from policyreport.errors import ParamsError, did_you_mean
from policyreport.figures.fonts import FAMILY
from policyreport.figures.frame import Frame, Picture, Pictures, frame_for, in_each_language
from policyreport.figures.palette import (
    ACCENT,
    CONTEXT,
    CONTEXT_LIGHT,
    INK,
    MUTED,
    PAPER,
    RULE,
    SEQUENTIAL,
    text_on_class,
)
from policyreport.figures.style import MINIMUM, SMALL, wrap
from policyreport.params.reading import read_strict
from policyreport.params.wording import capitalised
from policyreport.records.base import Frozen
from policyreport.records.notebooks import LeagueRow

# Small enough for the whole country on the first screen, large enough for its longest syllable at 11 px.
SIDE, PITCH = 43.0, 44.5


class Spot(Frozen):
    """A place on the grid, in tiles from the upper left corner."""

    column: float
    row: float


class TilePlace(Spot):
    """Where an area's tile stands, and its short name in one or two lines."""

    lines: tuple[str, ...] = Field(min_length=1, max_length=2)


class Island(TilePlace):
    """A half-size tile that belongs to an area and carries its class."""

    area: str


class TileGrid(Frozen):
    """The whole of params/tiles.yaml: tiles by area key, region names by region key."""

    columns: int
    rows: int
    tiles: dict[str, TilePlace]
    islands: tuple[Island, ...] = ()
    regions: dict[str, Spot] = Field(default_factory=dict)
    key: Spot


@dataclass(frozen=True)
class Tile:
    """What one area shows: its name, link, region and, where published, value and text.

    `href` is relative to the page that carries the map; none if empty. `short` is the text for inside the square,
    whose unit the key names. Whether an area that was not computed has a value is unknown, which is not the same as
    having none. `inputs` are the ledger rows behind the value.
    """

    name: str
    href: str = ""
    region: str = ""
    value: float | None = None
    text: str = ""
    short: str = ""
    computed: bool = True
    inputs: tuple[str, ...] = ()


def tile_grid(data: Inputs) -> TileGrid:
    """Read the places of the tiles from params/tiles.yaml in the slice's folder."""
    return read_strict(data.folder / "params" / "tiles.yaml", TileGrid)


def share_map(rows: Sequence[LeagueRow], data: Inputs) -> Picture:
    """Draw the provinces' digital-economy share; what is not published is hatched: "map"."""
    frame, region = frame_for(data, "map"), data.areas.region
    formats = frame.formats
    tiles = {
        row.area: Tile(
            name=row.name,
            href=f"provinces/{row.slug}.html",
            region=region(row.area).split(":")[-1],
            value=row.share,
            text="" if row.share is None else f"{formats.published(row.share, 2)}%",
            short="" if row.share is None else formats.published(row.share, 2),
            inputs=row.inputs.get("share", ()),
        )
        for row in rows
    }
    tiles |= {
        area: Tile(data.areas.name(area), region=region(area).split(":")[-1], computed=False)
        for area in data.provinces
        if area not in tiles
    }
    regions = {key.split(":")[-1]: data.areas.name(key) for key in map(region, data.provinces)}
    bounds = sorted({*data.roles.map.bounds, data.policy.threshold.value})
    ends = [formats.published(bound, 2) for bound in bounds]
    words = frame.words
    between = (words.from_to.format(low=low, high=high) for low, high in pairwise(ends))
    classes = [words.below.format(high=ends[0]), *between, words.or_more.format(low=ends[-1])]
    return tile_map(tiles, tile_grid(data), frame, bounds, classes, regions, words.map_title)


def tile_map(
    tiles: Mapping[str, Tile],
    grid: TileGrid,
    frame: Frame,
    bounds: Sequence[float],
    texts: Sequence[str],
    regions: Mapping[str, str] | None = None,
    title: str = "",
) -> Picture:
    """Draw the tile grid with five classes; what is not published is hatched, never coloured.

    An area that was not computed is an empty square with a dashed edge. Tiles are links with titles; legible at
    340 px, so the map has no narrow variant.

    Parameters
    ----------
    bounds : sequence of float
        Four ascending bounds; a value at a bound belongs to the class above it.
    texts : sequence of str
        Five texts of the key, lowest class first.
    regions : mapping of str to str, optional
        Name by region key, printed next to the tiles.
    title : str
        Heading of the key: what is shown, in which unit.

    Raises
    ------
    ParamsError
        If an area has no place on the grid.
    """
    _check_places(tiles, grid)
    classes = {
        key: None if tile.value is None else bisect_right(list(bounds), tile.value) for key, tile in tiles.items()
    }
    parts = [_hatch(frame.label)]
    for key in sorted(tiles, key=lambda key: (grid.tiles[key].row, grid.tiles[key].column)):
        parts.append(_tile(tiles[key], grid.tiles[key], classes[key], frame))
    for island in grid.islands:
        if island.area in tiles:
            parts.append(_island(island, tiles[island.area], classes[island.area], frame))
    parts += _borders({key: tile.region for key, tile in tiles.items()}, grid)
    for region, name in (regions or {}).items():
        parts += _region(grid.regions[region], name, grid)
    used = sorted({c for c in classes.values() if c is not None})
    missing = any(tile.value is None and tile.computed for tile in tiles.values())
    left_out = any(not tile.computed for tile in tiles.values())
    parts += _key(grid.key, title, texts, bool(used), missing, left_out, frame)
    alt = _alt(tiles, frame)
    return Picture(frame.label, alt, _svg(parts, grid, frame.label, alt, PITCH))


@in_each_language
def place(data: Inputs) -> Pictures:
    """Draw where an area lies: "locator"."""
    return Pictures([locator(data.area, tile_grid(data), frame_for(data, "locator"), dict(data.areas.table["name"]))])


def locator(area: str, grid: TileGrid, frame: Frame, names: Mapping[str, str]) -> Picture:
    """Draw the grid small, with one area marked: the bare picture with the area's name as alternative text.

    Raises ParamsError if the area has no place on the grid.
    """
    _check_places([area], grid)
    side, pitch = 9.0, 10.5
    parts = [
        _square(place.column * pitch, place.row * pitch, side, ACCENT if key == area else CONTEXT_LIGHT, 1)
        for key, place in sorted(grid.tiles.items())
    ]
    for island in grid.islands:
        fill = ACCENT if island.area == area else CONTEXT_LIGHT
        parts.append(_square(island.column * pitch, (island.row + 0.25) * pitch, side / 2, fill, 0.5))
    alt = names[area]
    return Picture(frame.label, alt, _svg(parts, grid, frame.label, alt, pitch, image=True))


def _check_places(keys: Iterable[str], grid: TileGrid) -> None:
    """Refuse a map that would silently leave an area out."""
    for key in keys:
        if key not in grid.tiles:
            raise ParamsError("params/tiles.yaml", f'a tile for "{key}"', "none", did_you_mean(key, grid.tiles))


def _svg(parts: Sequence[str], grid: TileGrid, label: str, alt: str, pitch: float, image: bool = False) -> str:
    """The root: a group keeps the links inside it readable, an image does not."""
    width, height = grid.columns * pitch, grid.rows * pitch
    role = "img" if image else "group"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" id="{label}" role="{role}" aria-label="{escape(alt)}" '
        f'viewBox="0 0 {width:g} {height:g}" width="{width:g}" height="{height:g}" '
        f"style=\"font-family: '{FAMILY}'\">\n" + "\n".join(parts) + "\n</svg>\n"
    )


def _square(x: float, y: float, side: float, fill: str, radius: float, stroke: str = "") -> str:
    edge = f' stroke="{stroke}"' if stroke else ""
    size = f'width="{side:g}" height="{side:g}"'
    return f'<rect x="{x:g}" y="{y:g}" {size} rx="{radius:g}" fill="{fill}"{edge}/>'


def _hatch(label: str) -> str:
    """Thin diagonal lines for what was not published."""
    line = f'<path d="M-1 7 L7 -1 M5 9 L9 5" stroke="{RULE}" stroke-width="1.2" fill="none"/>'
    size = 'width="8" height="8" patternUnits="userSpaceOnUse"'
    return f'<defs><pattern id="{label}-hatch" {size}>{line}</pattern></defs>'


def _text(x: float, y: float, text: str, fill: str, size: float, weight: int = 400, middle: bool = True) -> str:
    anchor = ' text-anchor="middle"' if middle else ""
    style = f'font-size="{size:g}" font-weight="{weight}" fill="{fill}"{anchor}'
    return f'<text x="{x:g}" y="{y:g}" {style}>{escape(text)}</text>'


def _fill(x: float, y: float, side: float, group: int | None, label: str, computed: bool = True) -> str:
    """A coloured square, an outlined and hatched one, or an empty one with a dashed edge."""
    if not computed:
        edge = f'stroke="{CONTEXT_LIGHT}" stroke-dasharray="3 3"'
        return f'<rect x="{x:g}" y="{y:g}" width="{side:g}" height="{side:g}" rx="2" fill="{PAPER}" {edge}/>'
    if group is not None:
        return _square(x, y, side, SEQUENTIAL[group], 2, CONTEXT if group < 2 else SEQUENTIAL[group])
    return _square(x, y, side, PAPER, 2) + _square(x, y, side, f"url(#{label}-hatch)", 2, CONTEXT_LIGHT)


def _tile(tile: Tile, place: TilePlace, group: int | None, frame: Frame) -> str:
    """Square, two-line name and value, in a link."""
    x, y = place.column * PITCH + 1, place.row * PITCH + 1
    color = MUTED if group is None else text_on_class(group)
    printed = tile.short or tile.text
    lines = [(line, 500) for line in place.lines] + ([(printed, 700)] if printed else [])
    step = 12.5 if len(lines) == 3 else 13.5
    first = y + SIDE / 2 - (len(lines) - 1) * step / 2 + 4
    texts = "".join(
        _text(x + SIDE / 2, first + i * step, line, color, MINIMUM, 600 if weight == 700 else 400)
        for i, (line, weight) in enumerate(lines)
    )
    return _link(tile, frame, _fill(x, y, SIDE, group, frame.label, tile.computed) + texts)


def _island(island: Island, tile: Tile, group: int | None, frame: Frame) -> str:
    """A half-size square with its name above, in the class of its area."""
    x, y = island.column * PITCH + PITCH / 2 - SIDE / 4, island.row * PITCH + PITCH / 2
    name = "".join(
        _text(x + SIDE / 4, y - 5 - 12.5 * (len(island.lines) - 1 - i), line, MUTED, MINIMUM)
        for i, line in enumerate(island.lines)
    )
    return _link(tile, frame, _fill(x, y, SIDE / 2, group, frame.label, tile.computed) + name)


def _link(tile: Tile, frame: Frame, body: str) -> str:
    """Name and value as title, so that a pointer and a screen reader get the same."""
    title = f"<title>{escape(_title(tile, frame))}</title>"
    return f'<a href="{escape(tile.href)}">{title}{body}</a>' if tile.href else f"<g>{title}{body}</g>"


def _title(tile: Tile, frame: Frame) -> str:
    return (
        f"{tile.name}: {tile.text or (frame.verdict('not published') if tile.computed else frame.words.not_computed)}"
    )


def _borders(regions: Mapping[str, str], grid: TileGrid) -> list[str]:
    """A line in the gap between neighbouring tiles of different regions."""
    at = {(grid.tiles[key].column, grid.tiles[key].row): region for key, region in regions.items()}
    lines = []
    for (column, row), region in sorted(at.items()):
        x, y = (column + 1) * PITCH, (row + 1) * PITCH
        if at.get((column + 1, row), region) != region:
            lines.append(f"M{x:g} {y - PITCH:g}V{y:g}")
        if at.get((column, row + 1), region) != region:
            lines.append(f"M{x - PITCH:g} {y:g}H{x:g}")
    path = f'<path d="{"".join(lines)}" stroke="{MUTED}" stroke-width="2" stroke-linecap="round" fill="none"/>'
    return [path] if lines else []


def _region(spot: Spot, name: str, grid: TileGrid) -> list[str]:
    """A region's name, wrapped to the room on its right."""
    x, y = spot.column * PITCH + 8, spot.row * PITCH
    lines = wrap(name, grid.columns * PITCH - x, MINIMUM)
    return [_text(x, y + 14 * i, line, MUTED, MINIMUM, middle=False) for i, line in enumerate(lines)]


def _key(
    spot: Spot, title: str, texts: Sequence[str], classes: bool, missing: bool, left_out: bool, frame: Frame
) -> list[str]:
    """Highest class first, then what was not published, then what was not computed."""
    x, y = spot.column * PITCH + 1, spot.row * PITCH
    heading = wrap(title, 3.9 * PITCH, SMALL, 600)
    parts = [_text(x, y + 15 * i, line, INK, SMALL, 600, False) for i, line in enumerate(heading)]
    y += 15 * len(heading)
    entries: list[tuple[int | None, str, bool]] = []
    if classes:
        entries += [(group, text, True) for group, text in reversed(list(enumerate(texts)))]
    entries += [(None, capitalised(frame.verdict("not published")), True)] if missing else []
    entries += [(None, capitalised(frame.words.not_computed), False)] if left_out else []
    step = 18 if len(entries) < 7 else 16
    for group, text, computed in entries:
        parts.append(_fill(x, y, 14, group, frame.label, computed))
        parts.append(_text(x + 21, y + 11, text, INK, SMALL, middle=False))
        y += step
    return parts


def _alt(tiles: Mapping[str, Tile], frame: Frame) -> str:
    """Published values, highest first, then how many areas have none."""
    shown = sorted((t for t in tiles.values() if t.value is not None), key=lambda t: -(t.value or 0))
    parts = [f"{tile.name} {tile.text}" for tile in shown]
    left_out = sum(not tile.computed for tile in tiles.values())
    missing = len(tiles) - len(shown) - left_out
    parts += [f"{missing} {frame.verdict('not published')}"] if missing else []
    parts += [f"{left_out} {frame.words.not_computed}"] if left_out else []
    return "; ".join(parts) + "."
