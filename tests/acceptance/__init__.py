"""The real bot process, driven over the workspace's wire."""
