"""How long tests wait for what must happen."""

PATIENCE = 200.0
"""Seconds. Only a test that fails waits so long: a busy machine takes many times what others do."""
