"""The pages of one document → its records, one list for each table.

In: pages and definitions. Out: records with the page and box of each figure, and a page log of what was not read.
Must not know: other documents, frames, checks, reports.
"""
