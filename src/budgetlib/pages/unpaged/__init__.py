"""Files without pages: Word, spreadsheets, web pages, plain text. Nothing there has a box; each says its own place.

In: the path of a file. Out: pages without boxes, the place of each figure as the format has it.
Must not know: how other formats are read, what any document says.
"""
