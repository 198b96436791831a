"""Where labels go: ticks that are few and round, and texts that do not touch."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import ceil, floor, log10

from matplotlib.axes import Axes

from policyreport.figures.palette import MUTED, RULE
from policyreport.figures.style import SMALL, text_width
from policyreport.records.formats import Formats


def round_ticks(low: float, high: float, count: int = 5) -> list[float]:
    """Choose about `count` multiples of 1, 2 or 5 times a power of ten inside a range, at most ``count + 1``."""
    raw = (high - low) / max(count, 1)
    power = 10.0 ** floor(log10(raw))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= raw * (1 - 1e-9))
    first, last = ceil(low / step - 1e-9), floor(high / step + 1e-9)
    return [round(i * step, 10) for i in range(first, last + 1)]


def tick_texts(ticks: Sequence[float], formats: Formats, signed: bool = False) -> tuple[str, ...]:
    """Write ticks as whole numbers where all of them are, else with one decimal."""
    digits = 0 if all(tick == int(tick) for tick in ticks) else 1
    return tuple(formats.number(tick, digits, signed) for tick in ticks)


def thinned(
    ticks: Sequence[float], texts: Sequence[str], scale: float, size: float = SMALL
) -> tuple[list[float], list[str]]:
    """Drop ticks whose texts would touch, evenly: every second, every third.

    `scale` is pixels per unit of value, `size` the pixels of the type.
    """
    if len(ticks) < 2:
        return list(ticks), list(texts)
    need = max(text_width(text, size) for text in texts) + 10
    step = max(1, ceil(need / abs((ticks[1] - ticks[0]) * scale)))
    return list(ticks[::step]), list(texts[::step])


def padded(values: Sequence[float], share: float) -> tuple[float, float]:
    """Range of values with room at both ends, given as a share of the range; never empty."""
    low, high = min(values), max(values)
    room = share * (high - low) or 0.5
    return low - room, high + room


def spread(positions: Sequence[float], sizes: Sequence[float], low: float, high: float) -> list[float]:
    """Move labels apart until they do not touch, as little as possible, without changing their order.

    Wanted centres, sizes and bounds are in pixels; the bounds are kept where the labels fit between them.

    Notes
    -----
    Least squares under ``p[i+1] - p[i] >= (size[i] + size[i+1]) / 2``: pool adjacent violators on the
    positions minus the offsets that packing without gaps would give.
    """
    order = sorted(range(len(positions)), key=lambda i: positions[i])
    offsets = [0.0]
    for before, after in pairwise(order):
        offsets.append(offsets[-1] + (sizes[before] + sizes[after]) / 2)
    blocks: list[tuple[float, int]] = []
    for offset, index in zip(offsets, order, strict=False):
        blocks.append((positions[index] - offset, 1))
        while len(blocks) > 1 and blocks[-2][0] >= blocks[-1][0]:
            (mean1, n1), (mean2, n2) = blocks[-2:]
            blocks[-2:] = [((mean1 * n1 + mean2 * n2) / (n1 + n2), n1 + n2)]
    flat = [mean for mean, n in blocks for _ in range(n)]
    placed = [0.0] * len(positions)
    for value, offset, index in zip(flat, offsets, order, strict=False):
        lowest = low + sizes[order[0]] / 2
        highest = high - sizes[order[-1]] / 2 - offsets[-1]
        placed[index] = max(lowest, min(value, highest)) + offset
    return placed


def label_values(
    axes: Axes,
    axis: str,
    ticks: Sequence[float],
    texts: Sequence[str],
    grid: bool = True,
    size: float = SMALL,
) -> None:
    """Set the ticks of one axis (``x`` or ``y``) with their texts and, if wanted, light grid lines."""
    side = axes.xaxis if axis == "x" else axes.yaxis
    side.set_ticks(list(ticks), labels=list(texts))
    for text in side.get_ticklabels():
        text.set_fontsize(size)
        text.set_color(MUTED)
        if axis == "y":
            text.set_verticalalignment("center_baseline")
    if grid:
        side.grid(True, color=RULE, linewidth=1)
    else:
        side.grid(False)
