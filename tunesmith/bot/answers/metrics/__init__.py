"""How good answers are: one module a metric, and what metrics say about two models together.

Everything here computes from its arguments and nothing else. Reading an answer, comparing SQL on
generated databases and drawing take processor time: call them in a worker process.
"""
