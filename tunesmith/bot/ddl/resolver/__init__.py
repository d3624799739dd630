"""What the names of a query mean: tables, columns and aliases, by the rules of its dialect.

Both use it: checks of answers, and the columns of views in a DDL file.
"""
