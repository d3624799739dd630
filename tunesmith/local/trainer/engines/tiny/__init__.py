"""The tiny engine: a 1M-parameter decoder on numpy that learns one file from scratch."""

import os

# Before numpy is imported: OpenBLAS's own threads only get in the way of ours (see parallel.py).
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from .generator import TinyGenerator, load

__all__ = ["TinyGenerator", "load"]
