"""A file → `Page`s: lines and grids with their places, without any meaning.

In: a PDF, or a file without pages (`unpaged`). Out: pages in order (`model.py`), and pictures of them (`render.py`).
Must not know: forms, law, what a number is worth.
"""
