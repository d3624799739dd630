"""Evaluations: rows whose right answers are known are put to a tuned model and to its base.

Preparing reads the rows and prices the questions (`offering`), somebody agrees (`start`), every
contestant is asked every row (`asking`), answers are scored (`scoring`) and summed up (`summing`).
Golden answers are an evaluation of a new model alone; a replay measures a later model by them.
"""
