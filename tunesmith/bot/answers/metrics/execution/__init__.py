"""Execution match: do two queries return the same on many generated databases?

An answer that reads otherwise than the gold query may be just as right, and one that returns the
same on one database may be wrong. So both run on databases that are made up for them: with the
schema's keys, and with the constants of both queries, so that conditions select something.

What counts as the same:

- rows as a multiset; in the gold query's order only where its ORDER BY decides it;
- columns in any order, whatever their names; a column more or less is a difference;
- NULL is NULL; numbers to six digits; a text that is a number equals that number, and a moment at
  midnight equals its day.

Where the gold query leaves its result open (rows cut among ties, columns that no grouping decides,
chance), a database tells nothing and is left out: the gold query runs twice, on rows stored in
opposite orders, with opposite orders among ties.
"""

from tunesmith.bot.answers.metrics.execution.match import (
    DATABASES,
    Difference,
    Execution,
    Outcome,
    execution_match,
)

__all__ = ["DATABASES", "Difference", "Execution", "Outcome", "execution_match"]
