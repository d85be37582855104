"""Strings and bytes → keys, exact numbers, whole files.

In: text, bytes, paths. Out: keys that compare, decimals, files there in full or not at all, refusals with a sentence.
Must not know: pages, forms, tables, frames.
"""
