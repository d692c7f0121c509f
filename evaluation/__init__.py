"""How good is it: retrieval and answers measured on test questions, with intervals and reasons.

questions → judgments → runs → measures → a report. Questions and documents may be anybody's.
"""
