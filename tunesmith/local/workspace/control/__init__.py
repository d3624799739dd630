"""The control API: everything a person, a test or a script can do, see docs/local-workspace.md."""
