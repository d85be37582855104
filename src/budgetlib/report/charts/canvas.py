"""Axes in points, and what becomes of them: a vector picture for a page, a bitmap for a file, or a sentence."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator, Mapping
from hashlib import sha256
from typing import NamedTuple
from xml.etree import ElementTree as Xml

import pandas as pd
from matplotlib import rc_context
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from budgetlib.report.charts.typography import GREY, INCH, INK, SMALL, TEXT, TITLE, height, lettering, wrapped

WIDE, NARROW = 720.0, 340.0
"""Widths in points, one point for a CSS pixel: for a page, and for the screen of a phone."""

Plot = Callable[[pd.DataFrame, str, float], Axes]
"""A result frame, a language and a width in points → a chart."""

_EDGE, _NOTE = 6.0, 10.0  # points at the edges, and below all
_HEAD = 32.0  # points that a title of one line takes
_DOTS_PER_INCH = 144  # two for a point: sharp on fine screens
_NAMESPACE = re.compile(r"^\{[^}]*\}")
_NAME = re.compile(r"[\w.-]+")
_FONT = re.compile(r"font-family: [^;]*; ?")
_SVG_TEXT = "{http://www.w3.org/2000/svg}text"
_FOR_THE_MOUSE = {"aria-hidden": "true", "tabindex": "-1"}


class Space(NamedTuple):
    """Points that axes leave free: between them and their title, below, at the left and at the right."""

    above: float = 0.0
    below: float = 0.0
    left: float = 0.0
    right: float = 0.0


def new_axes(name: str, title: str, width: float, tall: float, space: Space) -> Axes:
    """Axes `tall` points high, within `space`, whose y coordinates are points from their top, under a title."""
    above, below, left, right = space
    shown = wrapped(title, width - 2 * _EDGE, TITLE)
    head = _HEAD + height(shown, TITLE) - height("", TITLE)
    whole = head + above + tall + below + _NOTE
    figure = Figure(figsize=(width / INCH, whole / INCH), facecolor="white")
    figure.set_label(name)
    figure.text(_EDGE / width, 1 - _EDGE / whole, shown, va="top", color=INK, **lettering(TITLE))
    place = (left / width, (below + _NOTE) / whole, 1 - (left + right) / width, tall / whole)
    return figure.add_axes(place, ylim=(tall, 0))


def say(text: str, width: float) -> Axes:
    """Axes with nothing but a sentence."""
    shown = wrapped(text, width - 2 * _EDGE, TEXT)
    axes = new_axes("sentence", "", width, height(shown, TEXT), Space(left=_EDGE, right=_EDGE))
    axes.set_label(text)
    axes.set_axis_off()
    axes.text(0, 0, shown, va="top", color=INK, transform=axes.get_yaxis_transform(), **lettering(TEXT))
    return axes


def sentence(axes: Axes) -> str | None:
    """The sentence that a chart is where there was nothing to draw; None for a chart."""
    return str(axes.get_label()) or None


def link(artist: Artist, href: object) -> None:
    """Make what is drawn lead to `href` where that is an address."""
    if isinstance(href, str) and href:
        artist.set_url(href)


def png(axes: Axes, note: str = "") -> bytes:
    """A chart as a PNG picture, two dots for a point; with a `note` (its source), that stands at the foot."""
    figure = _figure(axes)
    width, tall = figure.get_size_inches()
    shown = wrapped(note, INCH * width - 2 * _EDGE, SMALL)
    below = height(shown, SMALL) / INCH if note else 0.0
    foot = figure.text(_EDGE / INCH / width, 0, shown, va="top", color=GREY, **lettering(SMALL))
    stream = io.BytesIO()
    with_note = Bbox([[0, -below], [width, tall]])
    figure.savefig(stream, format="png", dpi=_DOTS_PER_INCH, bbox_inches=with_note, metadata={"Software": None})
    foot.remove()
    return stream.getvalue()


def svg(axes: Axes) -> str:
    """A chart as an SVG element to stand in a page: vector, its text as text in the page's font, its links as links.

    It scales with its surroundings (no width, only a view box), loads nothing, and is the same each time; ids are its
    own, so that several stand in one page. Links without words repeat those with words: only the mouse has them.
    """
    figure = _figure(axes)
    stream = io.StringIO()
    with rc_context({"svg.hashsalt": figure.get_label(), "svg.fonttype": "none"}):
        figure.savefig(stream, format="svg", metadata={"Date": None, "Creator": None})
    root = Xml.fromstring(stream.getvalue())  # noqa: S314 - written just now by matplotlib
    _bare(root)
    view = {"viewBox": root.attrib["viewBox"], "role": "group", "aria-label": in_text(axes)}
    root.attrib = {"xmlns": "http://www.w3.org/2000/svg", **view, "stroke-linejoin": "round"}
    return Xml.tostring(root, encoding="unicode")


def in_text(axes: Axes) -> str:
    """What a chart shows, in words: its title, and each name with its value."""
    names, values = ([_one_line(text) for text in axes.texts if text.get_gid() == kind] for kind in ("name", "value"))
    title = next((_one_line(text) for text in _figure(axes).texts), "")
    if not names or len(names) != len(values):
        return title
    return f"{title}: {'; '.join(f'{name} {value}' for name, value in zip(names, values, strict=True))}"


def _one_line(text: Text) -> str:
    """A text without the breaks of its lines, which part words of Latin script."""
    return re.sub(r"(?<=[!-~])\n(?=[!-~])", " ", text.get_text()).replace("\n", "")


def _figure(axes: Axes) -> Figure:
    if not isinstance(axes.figure, Figure):
        raise TypeError("the axes are not in a figure of their own")
    return axes.figure


def _bare(root: Xml.Element) -> None:
    """Take out what a page must not have twice: namespaces, metadata, a style for everything, ids."""
    for parent in list(root.iter()):
        for child in [one for one in parent if _NAMESPACE.sub("", one.tag) in ("metadata", "style")]:
            parent.remove(child)
    wanted = {name for element in root.iter() for name in _references(element)}
    ids = [element.attrib["id"] for element in root.iter() if element.attrib.get("id") in wanted]
    numbers = {name: str(number) for number, name in enumerate(ids, 1)}  # some names are made from places in memory
    drawn = _NAME.sub(lambda name: numbers.get(name[0], name[0]), Xml.tostring(root, encoding="unicode"))
    prefix = sha256(drawn.encode()).hexdigest()[:8]
    names = {name: f"c{prefix}-{number}" for name, number in numbers.items()}
    for element in root.iter():
        element.tag = _NAMESPACE.sub("", element.tag)
        element.tail = None
        if element.tag != "text":
            element.text = None
        named = {_NAMESPACE.sub("", key): " ".join(value.split()) for key, value in element.attrib.items()}
        if "style" in named:
            named["style"] = _FONT.sub("", named["style"])
        if element.tag == "a" and next(element.iter(_SVG_TEXT), None) is None:
            named |= _FOR_THE_MOUSE
        if named.get("id") not in names:
            named.pop("id", None)
        element.attrib = {
            key: _renamed(element.tag, key, value, names) for key, value in named.items() if key != "target"
        }


def _references(element: Xml.Element) -> Iterator[str]:
    for key, value in element.attrib.items():
        if key.endswith("href") and value.startswith("#"):
            yield value[1:]
        yield from re.findall(r"url\(#([^)]+)\)", value)


def _renamed(tag: str, key: str, value: str, names: Mapping[str, str]) -> str:
    if key == "id":
        return names[value]
    if key == "href" and tag == "use":
        return f"#{names[value[1:]]}"
    return re.sub(r"(?<=url\(#)[^)]+", lambda name: names[name[0]], value)
