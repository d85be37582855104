"""Law as data: what the forms, their wordings, measures, codes and labels are.

In: the TOML and CSV files of this folder. Out: typed rules.
Must not know: how a page is drawn, what any document says, frames.
"""
