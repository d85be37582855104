"""A command → one run: `cli.py` takes its words, a folder beside it does the work.

In: arguments, paths. Out: tables, reports, exit codes, what the run says of itself.
Must not know: how pages are read, how forms are recognised, how charts are drawn.
"""
