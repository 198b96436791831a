"""The report's typeface: the files for figures and PDF, and the smaller ones that the site carries.

The files as published have digits of unequal width and no feature to change that, so columns of numbers
would not line up. `tabular_font` adds it (`tnum`), which the font's licence allows: it reserves no name.
The results are kept in ``reports/theme/fonts`` beside the licence, so rendering needs no compressor;
``python -m policyreport.fonts reports/theme/fonts`` makes them again (needs the package ``brotli``).
"""

from __future__ import annotations

import sys
from copy import deepcopy
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


def desktop_folder() -> Path:
    """Return the folder of the TrueType files as published.

    Returns
    -------
    Path
        Folder to hand to a renderer that looks fonts up by family.
    """
    return Path(str(files(_PACKAGE) / "files"))


def desktop_fonts() -> list[Path]:
    """Return the TrueType files of the four faces in use.

    Returns
    -------
    list of Path
        Regular, italic, semi-bold and bold.
    """
    return [desktop_folder() / f"BeVietnamPro-{face}.ttf" for face in _FACES.values()]


def web_characters() -> str:
    """Return every character that the site's files carry.

    Returns
    -------
    str
        Characters in code point order, then the signs.
    """
    return "".join(chr(code) for low, high in _RANGES for code in range(low, high + 1)) + _SIGNS


def tabular_font(source: Path) -> Any:
    """Open a face and give it digits of one width and the spaces and hyphens that it lacks.

    Parameters
    ----------
    source : Path
        TrueType file as published.

    Returns
    -------
    fontTools.ttLib.TTFont
        The face with the feature `tnum` and U+2007, U+2009, U+2010, U+2011 and U+202F.
    """
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
    """Write the four faces for the site (WOFF2) and for the PDF (TrueType), with the licence.

    Parameters
    ----------
    folder : Path
        Existing folder to write to.

    Returns
    -------
    list of Path
        ``be-vietnam-pro-400.woff2`` and so on.
    """
    from fontTools.subset import Options, Subsetter, save_font

    written = []
    for (weight, face), source in zip(_FACES.items(), desktop_fonts(), strict=True):
        font = tabular_font(source)
        font.save(folder / f"BeVietnamPro-{face}.ttf")
        features = ["kern", "mark", "mkmk", "ccmp", "locl", "tnum"]
        options = Options(flavor="woff2", layout_features=features, hinting=False, recalc_timestamp=False)
        subsetter = Subsetter(options)
        subsetter.populate(text=web_characters())
        subsetter.subset(font)
        target = folder / f"be-vietnam-pro-{weight}.woff2"
        save_font(font, str(target), options)
        written.append(target)
    (folder / "OFL.txt").write_bytes((Path(str(files(_PACKAGE))) / "LICENSE").read_bytes())
    return written


if __name__ == "__main__":
    write_web_fonts(Path(sys.argv[1]))
