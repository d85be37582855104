"""Tables and originals → widgets: a page beside what was read from it, and what a person decides about both.

In: tables, the files they were read from. Out: widgets; rows of `findings.csv` and of the reviewed matches.
Must not know: how pages are read, how reports are made.
"""
