"""E9: points are percentage points, score points or index points; figures of a series are values."""

import re
from pathlib import Path

import pytest

PARAMS = Path(__file__).parents[2] / "params"
OF = ("percentage", "score", "index", "cut", "six")
"""Words before "points" that say of what; six are those of a bootstrap's weights."""


@pytest.mark.parametrize("name", ["methods", "registry", "rules", "wording"])
def test_e9_settings_and_methods_say_what_points_are_of(name: str) -> None:
    """A reason said that growth had moved by about two points."""
    text = re.sub(r"too-few-points|^ *#.*$", "", (PARAMS / f"{name}.yaml").read_text("utf-8"), flags=re.MULTILINE)
    of_a_grid = re.compile(r"points (?:of the grid|on each axis|of the integration)|fixed set of 200 points")
    found = re.findall(r"([\w-]+)\W+points\b(?!:)", of_a_grid.sub("", text), re.IGNORECASE)
    assert [word for word in found if word.lower() not in OF] == []
