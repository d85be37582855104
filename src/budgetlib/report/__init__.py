"""Result frames → HTML, charts, evidence: what a reader sees.

In: frames of `analysis`, the notebooks, the original files. Out: a folder for each report and an index of all.
Must not know: how pages are read, how forms are recognised.
"""
