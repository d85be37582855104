"""`python -m tests.typesetting`: write the sample data into `data/raw`."""

import sys

from tests.typesetting.sample import write_sample

for path in write_sample():
    sys.stdout.write(f"{path.stat().st_size:>8}  {path.name}\n")
