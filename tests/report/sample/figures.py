"""Draw the sample's figures again: ``python tests/report/sample/figures.py``."""

from __future__ import annotations

from pathlib import Path

import matplotlib as mpl
import matplotlib.pyplot as plt
from matplotlib import font_manager

from policyreport.figures import fonts

HERE = Path(__file__).parent / "figures"
INK, MUTED, RULE, CONTEXT, LIGHT = "#1A1D21", "#5B6470", "#D9DDE2", "#8A929C", "#C5CBD3"
ACCENT, ACCENT_LIGHT, THRESHOLD = "#0B6E6E", "#9CCFCB", "#B45309"


def style() -> None:
    """Set the style shared by the sample's figures."""
    for file in fonts.desktop_fonts():
        font_manager.fontManager.addfont(file)
    mpl.rcParams.update({
        "svg.fonttype": "none", "svg.hashsalt": "sample", "font.family": fonts.FAMILY, "font.size": 10,
        "axes.spines.top": False, "axes.spines.right": False, "axes.spines.left": False,
        "axes.edgecolor": RULE, "axes.labelcolor": MUTED, "text.color": INK, "xtick.color": MUTED,
        "ytick.color": MUTED, "xtick.major.size": 0, "ytick.major.size": 0, "figure.facecolor": "none",
        "axes.facecolor": "none",
    })  # fmt: skip


def save(figure: plt.Figure, name: str) -> None:
    """Write one figure without date or creator."""
    figure.savefig(HERE / f"{name}.svg", metadata={"Date": None, "Creator": None})
    plt.close(figure)


def tasks(name: str, width: float, height: float) -> None:
    """Bars of completed over listed tasks."""
    figure, axes = plt.subplots(figsize=(width, height), layout="constrained")
    dates = ["29 May", "15 Oct", "4 Dec", "25 Dec"]
    done, listed = [103, 485, 601, 1227], [600, 1132, 1287, 1298]
    axes.barh(dates, listed, color=LIGHT, height=0.55)
    axes.barh(dates, done, color=ACCENT, height=0.55)
    for row, (a, b) in enumerate(zip(done, listed, strict=True)):
        axes.text(b + 15, row, f"{a:,} of {b:,}", va="center", fontsize=9)
    axes.set_xlim(0, 1800 if width < 5 else 1600)
    axes.set_xticks([])
    axes.spines["bottom"].set_visible(False)
    axes.invert_yaxis()
    save(figure, name)


def share() -> None:
    """Two measures against the threshold."""
    figure, axes = plt.subplots(figsize=(3.55, 2.1), layout="constrained")
    axes.plot([2022, 2023, 2024, 2025], [12.83, 12.87, 13.17, 14.02], "-o", color=ACCENT, ms=5)
    axes.plot([2022, 2023, 2024], [14.26, 16.5, 18.3], "-o", color=CONTEXT, ms=5)
    axes.axhline(16, color=THRESHOLD, lw=1)
    axes.text(2025.4, 16.15, "16%", color=THRESHOLD, ha="right", fontsize=9)
    axes.text(2025, 13.0, "NSO", color=ACCENT, ha="right", va="top", fontsize=9)
    axes.text(2024.1, 18.3, "Ministry", color=MUTED, va="center", fontsize=9)
    axes.set_xticks([2022, 2023, 2024, 2025])
    axes.set_yticks([12, 14, 16, 18])
    axes.grid(axis="y", color=RULE, lw=0.6)
    save(figure, "share-small")


def ranks() -> None:
    """Ten ranks with intervals."""
    figure, axes = plt.subplots(figsize=(3.55, 2.1), layout="constrained")
    names = ["Quảng Ninh", "Ninh Bình", "Bắc Ninh", "Đà Nẵng", "Thừa Thiên Huế", "Đắk Lắk"]
    sets = [(1, 1, 3), (3, 2, 8), (5, 2, 12), (9, 5, 16), (13, 9, 19), (28, 24, 31)]
    for row, (mid, low, high) in enumerate(sets):
        axes.plot([low, high], [row, row], color=CONTEXT, lw=2)
        axes.plot(mid, row, "o", color=ACCENT if row == 0 else CONTEXT, ms=5)
    axes.axvline(10, color=THRESHOLD, lw=1)
    axes.set_yticks(range(6), names)
    axes.set_xticks([1, 10, 20, 34])
    axes.invert_yaxis()
    save(figure, "rank-small")


def growth() -> None:
    """One series in the band of its peers."""
    figure, axes = plt.subplots(figsize=(7.08, 3.4), layout="constrained")
    years = list(range(2018, 2026))
    axes.fill_between(years, [6, 6.2, 1, 0.5, 6.5, 4.5, 5.8, 6.6], [8.5, 8.8, 5, 4.6, 11, 8.6, 9, 10.4],
                      color=LIGHT, alpha=0.6, lw=0)  # fmt: skip
    axes.plot(years[:-1], [7.1, 7.6, 4.2, 2.9, 8.9, 6.3, 6.5], "-o", color=ACCENT, ms=5)
    axes.plot(years[-2:], [6.5, 8.16], "--o", color=ACCENT, ms=5, mfc="none", markevery=[1])
    axes.axvline(2025 - 0.5, color=CONTEXT, lw=0.8, ls=":")
    axes.text(2024.45, 11, "merger, 1 July 2025", ha="right", color=MUTED, fontsize=9)
    axes.text(2025.08, 8.16, "8.16 (estimate)", va="center", fontsize=9, color=ACCENT, weight=600)
    axes.text(2019.1, 9, "middle half of the peers", fontsize=9, color=MUTED)
    axes.set_xlim(2017.7, 2026.2)
    axes.grid(axis="y", color=RULE, lw=0.6)
    save(figure, "growth")


if __name__ == "__main__":
    style()
    tasks("tasks", 7.08, 2.6)
    tasks("tasks-narrow", 3.55, 2.6)
    tasks("tasks-small", 3.55, 2.1)
    share()
    ranks()
    growth()
