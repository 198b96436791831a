"""The site's faces carry what its pages write."""

import html
import re
from pathlib import Path

import pypandoc

from policyreport.figures.fonts import math_characters
from policyreport.params.registry import read_registry

ROOT = Path(__file__).parents[2]
# Invisible operators and spaces, for which no font is needed.
UNSEEN = set("\n\u2061\u2062\u2063\u2064\u2003\u2005\u205f")


def test_the_sites_font_for_formulas_has_the_characters_of_every_method() -> None:
    methods = read_registry(ROOT).methods.values()
    formulas = [f"${formula}$" for method in methods for formula in method.formula]
    written = pypandoc.convert_text("\n\n".join(formulas), "html", "markdown", extra_args=["--mathml"])
    texts = re.sub(r"<annotation.*?</annotation>|<[^>]+>", "", written, flags=re.DOTALL)
    used = set(html.unescape(texts)) - UNSEEN
    assert used - set(math_characters()) == set()
    assert len(used) > 60
