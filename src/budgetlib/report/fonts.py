"""Chinese glyphs on machines without Chinese fonts: Noto Sans SC (OFL), as the wheel `zhplot` carries it."""

from __future__ import annotations

import base64
import io
from importlib.util import find_spec
from pathlib import Path

FAMILY = "Noto Sans SC"


def font_file() -> Path:
    """The TrueType file of Noto Sans SC; the package that carries it is not imported.

    Raises `FileNotFoundError` where the wheel is not installed.
    """
    spec = find_spec("zhplot")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("the wheel zhplot, which carries the font Noto Sans SC, is not installed")
    return Path(spec.origin).parent / "fonts/NotoSansSC-Regular.ttf"


def font_face(text: str) -> str:
    """A CSS rule with the glyphs of all characters in `text`: a page looks the same with and without Chinese fonts."""
    from fontTools.subset import Options, Subsetter, load_font

    options = Options(flavor="woff", hinting=False, layout_features=[])
    font = load_font(font_file(), options)
    # What the glyphs are called in the file takes as long to read as all the rest, and is not written.
    font.setGlyphOrder([f"glyph{number}" for number in range(font["maxp"].numGlyphs)])
    subsetter = Subsetter(options)
    subsetter.populate(text="".join(sorted(set(text))))
    subsetter.subset(font)
    font.flavor = "woff"
    stream = io.BytesIO()
    font.save(stream)
    data = base64.b64encode(stream.getvalue()).decode("ascii")
    return f'@font-face{{font-family:"budgetlib {FAMILY}";src:url("data:font/woff;base64,{data}") format("woff")}}'
