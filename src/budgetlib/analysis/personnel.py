"""What personnel costs, and how much that is per head where the paper says how many people there are."""

from __future__ import annotations

from decimal import ROUND_HALF_UP

import pandas as pd

from budgetlib.analysis.amounts import FEN, frame
from budgetlib.analysis.key_figures import key_figure
from budgetlib.definitions.vocabulary.staff import people
from budgetlib.tables.corpus import Corpus
from budgetlib.tables.locators import SENTENCE, Locator, places, written


def personnel(budget: Corpus) -> pd.DataFrame:
    """Personnel expenditure and the people that the document says there are, in one row.

    Columns: `amount_yuan` (basic expenditure on personnel), `people`, `per_head_yuan`, `sentence` (that says how many),
    `form` or `section`, `page`, `document_id`, `places`. No row where personnel is not printed, no people are stated,
    or two sentences state different numbers.
    """
    cost = key_figure(budget, "personnel")
    first = budget.documents.document_id.iloc[0]
    stated = [
        (number, row["sentence"], Locator(first, SENTENCE, place))
        for place, row in enumerate(budget.sentences[budget.sentences.document_id == first].to_dict("records"), 1)
        if (number := people(row["sentence"]))
    ]
    if cost is None or len({number for number, _, _ in stated}) != 1:
        return frame("personnel", [])
    number, sentence, place = stated[0]
    about = cost._asdict() | {"amount_yuan": cost.value, "people": number, "sentence": sentence}
    per_head = (cost.value / number).quantize(FEN, ROUND_HALF_UP)
    both = {"people": [place], "per_head_yuan": [*places(cost._asdict()), place]}
    locators = written(places(cost._asdict()), **both)
    return frame("personnel", [about | {"per_head_yuan": per_head, "places": locators}])
