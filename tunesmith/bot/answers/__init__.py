"""Questions to a model: who answers, how it is asked, what comes back and what that costs.

Nothing is imported here: worker processes load parts of this package, and shall not load the
database with them.
"""
