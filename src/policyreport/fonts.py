"""The report's typeface: the files for figures and PDF, and the subsets that the site carries.

The site's files are kept in ``reports/theme/fonts`` beside the licence, so rendering needs no compressor;
``python -m policyreport.fonts reports/theme/fonts`` makes them again (needs the package ``brotli``).
"""

from __future__ import annotations

import sys
from importlib.resources import files
from pathlib import Path

FAMILY = "Be Vietnam Pro"
_PACKAGE = "fontpkg_be_vietnam_pro"
_FACES = {"400": "Regular", "400italic": "Italic", "600": "SemiBold", "700": "Bold"}
# Latin with every letter of the Vietnamese alphabet, punctuation, and the mathematics of a table.
_RANGES = ((0x20, 0x7E), (0xA0, 0x17F), (0x1A0, 0x1B0), (0x1E80, 0x1E85), (0x1EA0, 0x1EF9))
_SIGNS = (
    "\u0300\u0301\u0303\u0309\u0323\u2009\u200a\u2010\u2011\u2012\u2013\u2014\u2018\u2019\u201c\u201d"
    "\u2020\u2022\u2026\u202f\u2030\u20ab\u20ac\u2190\u2191\u2192\u2193\u2212\u2248\u2260\u2264\u2265"
)
_FEATURES = ("kern", "mark", "mkmk", "ccmp", "locl", "tnum", "lnum")


def desktop_folder() -> Path:
    """Return the folder of the TrueType files.

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


def write_web_fonts(folder: Path) -> list[Path]:
    """Write the subsets of the four faces as WOFF2, with the licence.

    Parameters
    ----------
    folder : Path
        Existing folder to write to.

    Returns
    -------
    list of Path
        The files, ``be-vietnam-pro-400.woff2`` and so on.
    """
    from fontTools.subset import Options, Subsetter, load_font, save_font  # slow to import, rarely needed

    written = []
    for (weight, _), source in zip(_FACES.items(), desktop_fonts(), strict=True):
        options = Options(
            flavor="woff2",
            layout_features=list(_FEATURES),
            hinting=False,
            recalc_timestamp=False,
        )
        font = load_font(str(source), options)
        subsetter = Subsetter(options)
        subsetter.populate(text=web_characters())
        subsetter.subset(font)
        target = folder / f"be-vietnam-pro-{weight}.woff2"
        save_font(font, str(target), options)
        written.append(target)
    licence = Path(str(files(_PACKAGE) / "LICENSE"))
    (folder / "OFL.txt").write_bytes(licence.read_bytes())
    return written


if __name__ == "__main__":
    write_web_fonts(Path(sys.argv[1]))
