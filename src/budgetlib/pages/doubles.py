"""Characters printed a second time in the same place, which is how some programs make bold."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from operator import sub

from budgetlib.core.groups import in_groups
from budgetlib.pages.layout import Span

_SAME_PLACE = 0.8
"""Points within which one character printed twice is bold."""


def without_doubles(spans: Sequence[Span]) -> list[Span]:
    """`spans` without characters printed a second time in the same place."""
    doubles = {place for crowd in _crowds(spans) for place in _doubles(spans, crowd)}
    if not doubles:
        return list(spans)
    kept = (span.only([k for k in range(len(span.texts)) if (i, k) not in doubles]) for i, span in enumerate(spans))
    return [span for span in kept if span.texts]


def _crowds(spans: Sequence[Span]) -> Iterator[list[int]]:
    """The spans (by number) that stand upon one another on one line, or print upon themselves."""
    bases = [span.base for span in spans]
    by_base = sorted(range(len(spans)), key=bases.__getitem__)
    for row in in_groups(by_base, lambda above, i: bases[i] - bases[above] < _SAME_PLACE):
        crowd: list[int] = []
        reach = float("-inf")
        for i in sorted(row, key=lambda i: spans[i].lefts[0]):
            span = spans[i]
            if span.lefts[0] > reach - _SAME_PLACE:
                if len(crowd) > 1:
                    yield sorted(crowd)
                crowd = []
            crowd.append(i)
            reach = max(reach, span.rights[-1])
            if min(map(sub, span.lefts[1:], span.lefts), default=_SAME_PLACE) < _SAME_PLACE:
                yield [i]
        if len(crowd) > 1:
            yield sorted(crowd)


def _doubles(spans: Sequence[Span], crowd: Sequence[int]) -> Iterator[tuple[int, int]]:
    """The characters (span, place in it) of a crowd that were printed before."""
    before: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for i in crowd:
        top = spans[i].top
        for k, (text, left, _) in enumerate(spans[i].chars):
            if text.isspace():
                continue
            same = before[text]
            if any(abs(x - left) < _SAME_PLACE and abs(y - top) < _SAME_PLACE for x, y in same):
                yield i, k
            else:
                same.append((left, top))
