"""Damaged PDFs end in a typed outcome, in time and in little memory; benchmarks/mutants.py makes thousands of them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from pypdf import PdfWriter
from pypdf.generic import ArrayObject, DecodedStreamObject, DictionaryObject, NameObject, NumberObject

from budgetlib.commands.pipeline import parse_document
from budgetlib.pages.ink import READERS

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "data/raw/示例市示例局-2025-决算.pdf"


@pytest.mark.slow
def test_some_mutants_of_the_sample_end_as_they_should() -> None:
    originals = sorted((ROOT / "data/raw").glob("示例市*.pdf"))
    run = subprocess.run(
        [sys.executable, ROOT / "benchmarks/mutants.py", *originals, "--count", "30"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert "30 mutants, 0 faults" in run.stdout


@pytest.mark.parametrize("reader", READERS)
def test_a_font_with_widths_of_thousands_of_millions_of_characters_is_read(reader: str, tmp_path: Path) -> None:
    writer = PdfWriter(clone_from=SAMPLE)
    font = DictionaryObject({NameObject(key): NameObject(value) for key, value in _FONT.items()})
    font[NameObject("/W")] = ArrayObject(map(NumberObject, (0, 2**31 - 1, 500)))
    whole = {"/Type": "/Font", "/Subtype": "/Type0", "/BaseFont": "/Any", "/Encoding": "/Identity-H"}
    outer = DictionaryObject({NameObject(key): NameObject(value) for key, value in whole.items()})
    outer[NameObject("/DescendantFonts")] = ArrayObject([writer._add_object(font)])
    for page in writer.pages:
        page["/Resources"]["/Font"][NameObject("/Damaged")] = writer._add_object(outer)
    writer.write(tmp_path / "damaged.pdf")
    (document,) = parse_document(tmp_path / "damaged.pdf", "never", reader)["documents"]
    assert document["outcome"] == "ok"


_FONT = {"/Type": "/Font", "/Subtype": "/CIDFontType2", "/BaseFont": "/Any"}


@pytest.mark.parametrize("reader", READERS)
def test_an_area_that_goes_on_for_thousands_of_millions_of_points_is_read(reader: str, tmp_path: Path) -> None:
    writer = PdfWriter(clone_from=SAMPLE)
    for page in writer.pages:
        painted = DecodedStreamObject()
        painted.set_data(b"q 1 g 0 -9000000000 99 18000000000 re f Q\n" + page.get_contents().get_data())
        page[NameObject("/Contents")] = writer._add_object(painted)
    writer.write(tmp_path / "damaged.pdf")
    (document,) = parse_document(tmp_path / "damaged.pdf", "never", reader)["documents"]
    assert document["outcome"] == "ok"
