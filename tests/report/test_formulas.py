"""What is set in the PDF is what was written: no sign is swallowed behind a formula, no formula overprints itself."""

import re
import subprocess
import unicodedata
from pathlib import Path

import pypandoc
import pypdf
import pytest
import typst

from policyreport.params.registry import read_registry
from policyreport.publishing.renderers.quarto import find_program

ROOT = Path(__file__).parents[2]
FILTER = ROOT / "reports" / "theme" / "typst.lua"
HEAD = '#import "/reports/theme/pdf.typ": *\n#set text(font: "Be Vietnam Pro")\n'
METHODS = read_registry(ROOT).methods.values()
DISPLAYS = [line for method in METHODS for line in method.formula]
TEXTS = [text for method in METHODS for text in (method.symbols, *method.assumptions, method.wording)]
INLINE = [formula for text in TEXTS for formula in re.findall(r"\$([^$]+)\$", text)]
# Whatever an economist may write next, in the ways that pandoc's versions get wrong.
OTHERS = [
    r"\mathrm{Beta}\!\left(\tfrac12\right)",
    r"a\negthinspace b\mkern-3mu c\hspace{-1em}d\mspace{-3mu}e",
    r"a\;b\:c\,d\enspace e\thickspace f",
    r"A \cap B, \bigcap_i A_i, A \sqcap B",
    r"a \otimes b \oplus c \ominus d \odot e, \langle x, y \rangle",
    r"\hbar \partial x",
    r"\bar x \ddot x \dddot x \check x \breve x \mathring x",
    r"\frac{f(a; b)}{c}, P(a;b), \text{if } x; \text{else; } y",
    r"\Big(1 + \frac{g}{100}\Big)",
    r"\begin{cases} a & x < 1\\ b & x \ge 1\end{cases}",
    r"\begin{pmatrix} a & b\\ c & d\end{pmatrix}",
]
PROGRAMS = [
    "embedded",
    pytest.param("quarto", marks=pytest.mark.skipif(find_program() is None, reason="no quarto program")),
]


def typst_of(markdown: str, program: str) -> str:
    """The Typst that a renderer's pandoc and the report's filter write."""
    command = [pypandoc.get_pandoc_path()] if program == "embedded" else [str(find_program()), "pandoc"]
    options = ["--from=markdown", "--to=typst", "--wrap=none", f"--lua-filter={FILTER}"]
    done = subprocess.run([*command, *options], input=markdown, capture_output=True, text=True, check=True)
    assert "Could not convert" not in done.stderr, done.stderr
    return done.stdout


def text_of(source: str, folder: Path) -> str:
    """What the PDF says, without spaces."""
    fonts = [str(ROOT / "reports" / "theme" / "fonts")]
    body = typst.compile((HEAD + source).encode(), root=str(ROOT), font_paths=fonts, ignore_system_fonts=True)
    (folder / "text.pdf").write_bytes(body)
    return joined(" ".join(page.extract_text() for page in pypdf.PdfReader(folder / "text.pdf").pages))


def joined(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).replace("\u2010", "-").split())


@pytest.mark.parametrize("program", PROGRAMS)
def test_a12_no_formula_draws_its_signs_over_each_other_or_stops_the_document(program: str, tmp_path: Path) -> None:
    formulas = [*DISPLAYS, *INLINE, *OTHERS]
    source = typst_of("\n\n".join(f"$${formula}$$" for formula in formulas), program)
    assert source.count("#formula(") == len(formulas)
    body = re.sub(r'#formula\("(?:[^"\\]|\\.)*"\)', "", source)
    assert re.findall(r"#h\(-[^)]*\)|#h\(0em\)|\^\(?[‾̌̆́̊]|#raw|#scale", body) == []
    text_of(source, tmp_path)


CONSTRUCTS = {
    "formula": "$x$", "link": "[x](https://x.example/)", "emphasis": "*x*", "strong": "**x**", "code": "`x`",
    "superscript": "^x^", "subscript": "~x~", "struck": "~~x~~", "span": "[x]{.smallcaps}",
}  # fmt: skip
SIGNS = [
    ";",
    "(a)",
    "\\[a\\]",
    ".a",
    ",",
    ":",
    "!",
    "?",
    "-a",
    "/a",
    "'s",
    "+",
    "=",
    "\\*a",
    "\\_a",
    "#a",
    "@a",
    "$5",
    "%",
]


@pytest.mark.parametrize("program", PROGRAMS)
def test_a12_every_sign_behind_a_formula_a_link_or_an_emphasis_is_printed(program: str, tmp_path: Path) -> None:
    words = [f"{construct}{sign} q" for construct in CONSTRUCTS.values() for sign in SIGNS]
    expected = "".join(f"x{sign}q" for _ in CONSTRUCTS for sign in SIGNS).replace("\\", "")
    assert text_of(typst_of("\n\n".join(words), program), tmp_path).replace("’", "'") == expected


@pytest.mark.parametrize("program", PROGRAMS)
def test_a12_the_methods_texts_stand_in_the_pdf_sign_for_sign(program: str, tmp_path: Path) -> None:
    # A formula's own signs are another test's; here each is one letter.
    texts = [re.sub(r"\$[^$]+\$", "$x$", re.sub(r"\[\[[^\]]*\]\]", "n", text)) for text in TEXTS]
    links = "; ".join(f"[{letter}](https://{letter}.example/)" for letter in "abc") + "."
    markdown = "\n\n".join([*texts, links])
    plain = pypandoc.convert_text(markdown.replace("$x$", "x"), "plain", format="markdown", extra_args=["--wrap=none"])
    assert text_of(typst_of(markdown, program), tmp_path) == joined(re.sub(r"[_*]", "", plain))
