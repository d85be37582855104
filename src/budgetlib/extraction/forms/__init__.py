"""Grids → statutory forms → records of `lines`: titles, header, rows, which rows are totals, what a picture proves.

In: pages and the forms of `definitions`. Out: one record for each printed amount.
Must not know: the narrative part, performance tables, files.
"""
