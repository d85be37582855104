"""The words of the papers annexed to a disclosure as data: performance tables, the catalogue, names of services.

A new wording is a new line of TOML; nothing here knows a page.

In: the TOML files of this folder. Out: compiled words, a module for each kind of paper.
Must not know: pages, what any document says.
"""
