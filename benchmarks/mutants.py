"""Damaged PDFs: what reading each of many mutants of some originals comes to.

    python benchmarks/mutants.py FILE.pdf [FILE.pdf ...] [--count 2000] [--seed 1] [--first 0]

A mutant is an original, as it is or with its streams unpacked, of which bits were flipped, objects were removed or
blanked, a stream was cut, numbers were changed or the end is missing. Both readers read it, in a process of their own.
Each must end in a typed outcome other than one that asks to be reported, within 60 seconds and 600 MB. Prints how many
ended how, and each mutant that did not (`--first` and `--count 1` make it again). Ends with code 1 where there is one.
"""

from __future__ import annotations

import argparse
import faulthandler
import io
import random
import re
import resource
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from pypdf import PdfWriter
from pypdf.generic import StreamObject

from budgetlib.commands.pipeline import parse_document
from budgetlib.core.workers import Processes
from budgetlib.pages.ink import READERS

SECONDS = 60
MEGABYTES = 600
LEAST = {"ok", "partial", "encrypted", "malformed", "empty", "too_large", "timeout", "not_a_disclosure"}
_OBJECT = re.compile(rb"\d+ \d+ obj\b.*?endobj", re.DOTALL)
_STREAM = re.compile(rb"(?<=stream\n).+?(?=endstream)|(?<=stream\r\n).+?(?=endstream)", re.DOTALL)
_NUMBER = re.compile(rb"(?<![\w.])\d+(?:\.\d+)?(?![\w.])")


class Read(NamedTuple):
    """How a mutant was read by one reader."""

    number: int
    reader: str
    outcome: str
    reason: str
    seconds: float
    megabytes: float

    @property
    def fault(self) -> str:
        """What is wrong with it; nothing, as it should be."""
        if self.outcome not in LEAST:
            return f"ended as {self.outcome}"
        if "please report it" in self.reason:
            return self.reason
        if self.seconds > SECONDS:
            return f"took {self.seconds:.0f} s"
        return f"took {self.megabytes:.0f} MB" if self.megabytes > MEGABYTES else ""


def unpacked(original: bytes) -> bytes:
    """The same with its streams unpacked, so that damage meets text, fonts and paths and not their compression."""
    writer = PdfWriter(clone_from=io.BytesIO(original))
    for one in writer._objects:
        if isinstance(one, StreamObject) and one.get("/Filter") == "/FlateDecode":
            content = one.get_data()
            for key in ("/Filter", "/DecodeParms"):
                one.pop(key, None)
            one.__class__ = StreamObject
            one._data = content
    packed = io.BytesIO()
    writer.write(packed)
    return packed.getvalue()


def flip(content: bytes, choice: random.Random) -> bytes:
    """A few or many bits are the other."""
    mutant = bytearray(content)
    for _ in range(choice.choice((1, 8, 64, 512))):
        mutant[choice.randrange(len(mutant))] ^= 1 << choice.randrange(8)
    return bytes(mutant)


def remove(content: bytes, choice: random.Random) -> bytes:
    """Some objects are gone, and what follows has moved."""
    return _without(content, choice, _OBJECT, lambda match: b"")


def blank(content: bytes, choice: random.Random) -> bytes:
    """Some objects are blanks."""
    return _without(content, choice, _OBJECT, lambda match: b" " * len(match))


def cut(content: bytes, choice: random.Random) -> bytes:
    """Some streams end early."""
    return _without(content, choice, _STREAM, lambda match: match[: choice.randrange(len(match))])


def count(content: bytes, choice: random.Random) -> bytes:
    """Some numbers are huge, negative or nothing: lengths, references, places, sizes."""
    others = (b"0", b"-1", b"1e9", b"2147483647", b"99999999999999999999", b"0.0000001", b"3")
    return _without(content, choice, _NUMBER, lambda match: choice.choice(others))


def end(content: bytes, choice: random.Random) -> bytes:
    """The end is missing."""
    return content[: choice.randrange(len(content))]


def _without(content: bytes, choice: random.Random, what: re.Pattern[bytes], change: Callable[[bytes], bytes]) -> bytes:
    spans = [match.span() for match in what.finditer(content)]
    chosen = sorted(choice.sample(spans, min(len(spans), choice.choice((1, 2, 8, 32)))), reverse=True)
    for begin, stop in chosen:
        content = content[:begin] + change(content[begin:stop]) + content[stop:]
    return content


MUTATIONS = (flip, remove, blank, cut, count, end)


def mutant(number: int, originals: list[Path], seed: int) -> bytes:
    """The mutant `number`: always the same of the same originals."""
    choice = random.Random(f"{seed} {number}")  # noqa: S311 - to be the same again
    content = originals[number % len(originals)].read_bytes()
    if choice.random() < 0.5:
        content = unpacked(content)
    return choice.choice(MUTATIONS)(content, choice)


def read(number: int, reader: str, originals: list[Path], seed: int) -> Read:
    """How a mutant is read; a process that hangs in a library ends itself."""
    faulthandler.dump_traceback_later(2 * SECONDS, exit=True)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"mutant-{number}.pdf")
        path.write_bytes(mutant(number, originals, seed))
        begun = time.process_time()
        (document,) = parse_document(path, "never", reader)["documents"]
        seconds = time.process_time() - begun
    faulthandler.cancel_dump_traceback_later()
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    return Read(number, reader, document["outcome"], document.get("reason") or "", seconds, megabytes)


def killed(number: int, reader: str, *rest: object) -> Read:
    """A mutant that ends its process."""
    return Read(number, reader, "killed", "", 0, 0)


def main() -> int:
    """Make mutants, read them, say what they came to."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("originals", nargs="+", type=Path)
    arguments.add_argument("--count", type=int, default=2000)
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--first", type=int, default=0)
    given = arguments.parse_args()
    numbers = range(given.first, given.first + given.count)
    outcomes: Counter[str] = Counter()
    faults = 0
    longest = most = 0.0

    def tasks() -> Iterator[tuple[int, str, list[Path], int]]:
        return ((number, reader, given.originals, given.seed) for number in numbers for reader in READERS)

    for one in Processes(1, here=False).each(read, tasks(), killed):
        outcomes[f"{one.reader} {one.outcome}"] += 1
        longest, most = max(longest, one.seconds), max(most, one.megabytes)
        if one.fault:
            faults += 1
            original = given.originals[one.number % len(given.originals)].name
            print(f"{one.number} of {original}, {one.reader}: {one.fault}", flush=True)
    counted = ", ".join(f"{counted} {outcome}" for outcome, counted in sorted(outcomes.items()))
    print(f"{given.count} mutants, {faults} faults; at most {longest:.1f} s and {most:.0f} MB; {counted}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
