"""Durable tasks: claim, lease, retry, pace."""
