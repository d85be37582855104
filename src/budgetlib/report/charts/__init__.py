"""Result frames → charts, with labels in Chinese or English. The only folder that knows matplotlib.

`plot_…(frame, language, width)` gives axes; `svg` and `png` make a picture of them, `sentence` says whether there was
nothing to draw. Two widths are meant: `WIDE` for a page, `NARROW` for a phone. Where a frame has a column `href`, what
is drawn of a row leads there in the SVG.

In: frames of `analysis`, labels. Out: axes, SVG, PNG.
Must not know: corpora, notebooks, where a figure is printed but by its address.
"""

import logging

# Where there is no home folder matplotlib warns with the name of a temporary one, and a report would have it.
logging.getLogger("matplotlib").setLevel(logging.ERROR)
