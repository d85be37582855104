"""Tests: what budgetlib does, claim by claim. The name of a test is its sentence.

A test belongs to the folder of the source that keeps the claim: a page that was read wrongly to `pages`, a title that
was not known to `extraction`, a rule that blames a sound document to `checks`, a sentence of a report to `report`.
What holds only over several floors is in `end_to_end`, as a user goes: a file in, tables or a refusal out. What a
reader runs is in `notebooks`; what is true of the project as such (versions, documents, contracts) beside this file.

What a test reads comes from one of these, the smallest that shows the claim:

- `plain_text.py`: a few lines of a disclosure as text, for how a form or a sentence is understood;
- `typesetting`: any disclosure as PDF, from facts or from `strategies.py` (random budgets that add up), for what paper
  does to it;
- `invented.py`: tables of an invented department, for what is computed and shown;
- `sample_tidy` of `conftest.py`: the tables of `data/raw`;
- `shared_material.py`: disclosures that are not part of the project, where they are at hand;
- `gold`: what people read on paper, written down before it was compared.

What is costly is made once for all tests: a fixture of its file or, for all processes of a run, `once.py`. A test that
still takes more than a few seconds bears the marker `slow`.
"""
