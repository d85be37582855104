"""Two parses → what appeared, went or changed: documents, amounts, stated figures and findings, each with its page.

In: two folders of tables. Out: a frame, and its rows as lines, CSV and HTML.
Must not know: how the tables were made.
"""
