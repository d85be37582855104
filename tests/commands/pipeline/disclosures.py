"""Small disclosures to read."""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
SAMPLE = ROOT / "data/raw/示例市示例局-2025-决算.pdf"
DAY_BEFORE = 1_700_000_000
TEXT = """{name}
2026年部门预算
第三部分 情况说明
一、部门预算收支数据变动情况及原因
2026年度{name}预算收入总计{total}万元，比上年增加10万元，增长8.30%。
"""


def disclose(folder: Path, name: str, total: str = "120.50") -> Path:
    """A few lines of a disclosure, in a file that was not changed just now."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}-2026.txt"
    path.write_text(TEXT.format(name=name, total=total), encoding="utf-8")
    os.utime(path, (DAY_BEFORE, DAY_BEFORE))
    return path
