"""Records → typed tables on disk → `Corpus`, and the same tables for other tools.

In: records, users' corrections, matches and price index. Out: frames with exact decimals, Parquet, CSV, Excel, DuckDB.
Must not know: how a figure was read, what is computed from it.
"""
