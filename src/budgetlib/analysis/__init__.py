"""Tables → small result frames, exact to the fen.

In: a `Corpus`. Out: frames whose columns `frames.toml` lists, each figure with its `places`.
Must not know: paper, files, plots.
"""
