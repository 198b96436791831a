"""Where labels go: ticks that are few and round, and texts that do not touch."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil, floor, log10

from policyreport.figures.style import SMALL, text_width
from policyreport.records.formats import Formats


@dataclass(frozen=True)
class Scale:
    """One axis: its range, and its ticks with their texts, the first to be kept first."""

    low: float
    high: float
    ticks: tuple[float, ...] = ()
    texts: tuple[str, ...] = ()

    def fitting(self, pixels: float, size: float = SMALL) -> list[tuple[float, str]]:
        """Return share of the axis and text of the ticks that do not touch one another along so many pixels."""
        kept: list[tuple[float, str]] = []
        for tick, text in zip(self.ticks, self.texts, strict=True):
            share, wide = (tick - self.low) / (self.high - self.low), text_width(text, size)
            room = ((wide + text_width(other, size)) / 2 + 10 for _, other in kept)
            if all(abs(share - at) * pixels >= need for (at, _), need in zip(kept, room, strict=True)):
                kept.append((share, text))
        return kept


def value_scale(
    values: Sequence[float], count: int, formats: Formats, *, signed: bool = False, sign: str = ""
) -> Scale:
    """Choose a value axis with about `count` ticks, the first and last around all values; `sign` ends each text."""
    low, high = padded(values, 0.04)
    ticks = round_ticks(low, high, count)
    while len(ticks) < 2:
        count += 1
        ticks = round_ticks(low, high, count)
    step = ticks[1] - ticks[0]
    while ticks[0] > low + 1e-9:
        ticks.insert(0, round(ticks[0] - step, 10))
    while ticks[-1] < high - 1e-9:
        ticks.append(round(ticks[-1] + step, 10))
    return Scale(ticks[0], ticks[-1], tuple(ticks), tuple(text + sign for text in tick_texts(ticks, formats, signed)))


def open_scale(values: Sequence[float], share: float, count: int, formats: Formats, *, signed: bool = False) -> Scale:
    """Choose an axis that leaves a share of its range free at both ends, with about `count` ticks inside it."""
    low, high = padded(values, share)
    ticks = round_ticks(low, high, count)
    return Scale(low, high, tuple(ticks), tick_texts(ticks, formats, signed))


def year_scale(years: Iterable[int], before: float = 0.25, after: float = 0.15) -> Scale:
    """Choose an axis of years; where not all can be named, the latest one is."""
    named = [int(year) for year in years] or [0]
    ticks = tuple(range(max(named), min(named) - 1, -1))
    return Scale(ticks[-1] - before, ticks[0] + after, ticks, tuple(map(str, ticks)))


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


def padded(values: Sequence[float], share: float) -> tuple[float, float]:
    """Range of values with room at both ends, given as a share of the range; never empty."""
    low, high = min(values), max(values)
    room = share * (high - low) or 0.5
    return low - room, high + room


def spread(positions: Sequence[float], sizes: Sequence[float], low: float, high: float) -> list[float]:
    """Move labels apart until they do not touch, as little as possible, without changing their order.

    Wanted centres, sizes and bounds are in pixels; the bounds are kept where the labels fit between them.

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
