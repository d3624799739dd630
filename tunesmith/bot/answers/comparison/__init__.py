"""The same question to several models, whose answers people compare without knowing whose they are.

`asking.py` writes a comparison down, prices it and asks; `standing.py` is how one stands, with the
votes that people give; `tally.py` counts votes into who is better than whom.
"""
