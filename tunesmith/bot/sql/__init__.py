"""Check a model's SQL: does every name exist, and does it only read?"""

from tunesmith.bot.sql.check import Check, Verdict, check_answer, check_sql

__all__ = ["Check", "Verdict", "check_answer", "check_sql"]
