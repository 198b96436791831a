"""The report's typeface: the files for figures and PDF, and the smaller ones for the site.

The files as published have digits of unequal width and no feature to change that, so columns of numbers
would not line up. `tabular_font` adds it (`tnum`), which the font's licence allows: it reserves no name.
The results are kept in ``reports/theme/fonts`` with the licence, so rendering needs no compressor;
``python -m policyreport.figures.fonts reports/theme/fonts`` makes them again (needs ``brotli`` and ``ziamath``,
whose STIX Two Math sets the site's formulas: a browser sets them well only in a font with a table for mathematics,
and not every machine has one).
"""

import sys
from copy import deepcopy
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

FAMILY = "Be Vietnam Pro"
_PACKAGE = "fontpkg_be_vietnam_pro"
_FACES = {"400": "Regular", "400italic": "Italic", "600": "SemiBold", "700": "Bold"}
_DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
# Latin with every letter of the Vietnamese alphabet, punctuation, and the mathematics of a table.
_RANGES = ((0x20, 0x7E), (0xA0, 0x17F), (0x1AF, 0x1B0), (0x1A0, 0x1A1), (0x1E80, 0x1E85), (0x1EA0, 0x1EF9))
_SIGNS = (
    "\u0300\u0301\u0303\u0309\u0323\u2007\u2009\u2010\u2011\u2013\u2014\u2018\u2019\u201c\u201d"
    "\u2020\u2022\u2026\u202f\u2030\u20ab\u20ac\u2212\u2248\u2260\u2264\u2265"
)

# Letters upright, in italics as a browser takes them for variables, Greek, operators, accents, brackets.
_MATH_RANGES = (
    (0x20, 0x7E), (0x391, 0x3C9), (0x3D1, 0x3F5), (0x1D434, 0x1D467), (0x1D6E2, 0x1D71B), (0x2208, 0x220B),
    (0x2308, 0x230B), (0x27E8, 0x27E9), (0x23DC, 0x23E1), (0x2190, 0x2194), (0x21D0, 0x21D4),
)  # fmt: skip
_MATH_SIGNS = (
    "\u00a0\u00a6\u00ac\u00af\u00b1\u00b7\u00d7\u00f7\u02c6\u02c7\u02d8\u02d9\u02dc\u0302\u0303\u0304\u0305\u0307"
    "\u2003\u2009\u2013\u2019\u2016\u2026\u2032\u2033\u203e\u2044\u210e\u2113\u211d\u2200\u2202\u2203\u2205\u2206\u2207\u220f\u2211"
    "\u2212\u2213\u2215\u2217\u2218\u221a\u221d\u221e\u2223\u2225\u2227\u2228\u2229\u222a\u222b\u223c\u2243\u2245\u2248"
    "\u2260\u2261\u2264\u2265\u226a\u226b\u2282\u2286\u22c5\u22ee\u22ef"
)


def desktop_folder() -> Path:
    """Folder of the TrueType files as published, for a renderer that looks fonts up by family."""
    return Path(str(files(_PACKAGE) / "files"))


def desktop_fonts() -> list[Path]:
    """TrueType files of the four faces in use: regular, italic, semi-bold and bold."""
    return [desktop_folder() / f"BeVietnamPro-{face}.ttf" for face in _FACES.values()]


@lru_cache(maxsize=1)
def printable() -> frozenset[str]:
    """Every character of the typeface: a page with any other cannot be set as PDF."""
    from fontTools.ttLib import TTFont  # half a second to import, needed for signs beyond plain Latin only

    with TTFont(desktop_fonts()[0], lazy=True) as font:
        return frozenset(map(chr, font.getBestCmap()))


def web_characters() -> str:
    """Every character in the site's font files."""
    return "".join(chr(code) for low, high in _RANGES for code in range(low, high + 1)) + _SIGNS


def tabular_font(source: Path) -> Any:
    """Open a face as `TTFont` and add what it lacks: the feature `tnum`, U+2007, U+2009, U+2010, U+2011, U+202F."""
    from fontTools.ttLib import TTFont  # half a second to import, needed only to make the files again

    font = TTFont(source, recalcTimestamp=False)
    width = font["hmtx"]["zero"][0]
    for digit in _DIGITS:
        _add_glyph(font, f"{digit}.tnum", digit, width)
    for name, share in (("figurespace", 1.0), ("thinspace", 0.26)):
        _add_glyph(font, name, "space", round(share * width))
    added = {
        0x2007: "figurespace",
        0x2009: "thinspace",
        0x202F: "thinspace",
        0x2010: "hyphen",
        0x2011: "hyphen",
    }
    for table in font["cmap"].tables:
        if table.isUnicode():
            table.cmap.update(added)
    _add_tnum(font)
    return font


def _add_glyph(font: Any, name: str, source: str, width: int) -> None:
    """Copy a glyph and centre it in another advance width."""
    glyph, (advance, bearing) = deepcopy(font["glyf"][source]), font["hmtx"][source]
    shift = round((width - advance) / 2) if glyph.numberOfContours else 0
    if glyph.numberOfContours > 0:
        glyph.coordinates.translate((shift, 0))
        glyph.recalcBounds(font["glyf"])
    elif glyph.isComposite():
        for component in glyph.components:
            component.x += shift
    font["glyf"][name] = glyph
    font["hmtx"][name] = (width, bearing + shift)


def _add_tnum(font: Any) -> None:
    """Append the substitution digit -> tabular digit to every script of the GSUB table."""
    from fontTools.otlLib.builder import buildLookup, buildSingleSubstSubtable
    from fontTools.ttLib.tables import otTables

    table = font["GSUB"].table
    subtable = buildSingleSubstSubtable({digit: f"{digit}.tnum" for digit in _DIGITS})
    table.LookupList.Lookup.append(buildLookup([subtable]))
    feature = otTables.Feature()
    feature.FeatureParams = None
    feature.LookupListIndex = [len(table.LookupList.Lookup) - 1]
    record = otTables.FeatureRecord()
    record.FeatureTag, record.Feature = "tnum", feature
    table.FeatureList.FeatureRecord.append(record)
    index = len(table.FeatureList.FeatureRecord) - 1
    for script in table.ScriptList.ScriptRecord:
        systems = [script.Script.DefaultLangSys, *(lang.LangSys for lang in script.Script.LangSysRecord)]
        for system in filter(None, systems):
            system.FeatureIndex.append(index)


def write_web_fonts(folder: Path) -> list[Path]:
    """Write the four faces for the site (WOFF2, returned) and for the PDF (TrueType), with the licence."""
    written = []
    for (weight, face), source in zip(_FACES.items(), desktop_fonts(), strict=True):
        font = tabular_font(source)
        font.save(folder / f"BeVietnamPro-{face}.ttf")
        features = ["kern", "mark", "mkmk", "ccmp", "locl", "tnum"]
        written.append(_subset(font, web_characters(), features, folder / f"be-vietnam-pro-{weight}.woff2"))
    (folder / "OFL.txt").write_bytes((Path(str(files(_PACKAGE))) / "LICENSE").read_bytes())
    return written


def math_characters() -> str:
    """Every character in the site's font for formulas."""
    return "".join(chr(code) for low, high in _MATH_RANGES for code in range(low, high + 1)) + _MATH_SIGNS


def write_math_font(folder: Path) -> Path:
    """Write the site's font for formulas, with its larger brackets, sums and roots, and its licence.

    The licence is the text written by `write_web_fonts` with other authors.
    """
    from fontTools.ttLib import TTFont

    font = TTFont(str(files("ziamath") / "fonts" / "STIXTwoMath-Regular.ttf"), recalcTimestamp=False)
    target = _subset(font, math_characters(), ["kern", "mark", "ssty"], folder / "stix-two-math.woff2")
    _, _, terms = (folder / "OFL.txt").read_text(encoding="utf-8").partition("\n")
    (folder / "OFL-stix-two-math.txt").write_text(f"{font['name'].getDebugName(0)}\n{terms}", encoding="utf-8")
    return target


def _subset(font: Any, characters: str, features: list[str], target: Path) -> Path:
    """Write the part of a face that a site's pages need."""
    from fontTools.subset import Options, Subsetter, save_font

    options = Options(flavor="woff2", layout_features=features, hinting=False, recalc_timestamp=False)
    subsetter = Subsetter(options)
    subsetter.populate(text=characters)
    subsetter.subset(font)
    save_font(font, str(target), options)
    return target


if __name__ == "__main__":
    write_web_fonts(Path(sys.argv[1]))
    write_math_font(Path(sys.argv[1]))
