"""Detectors of what must not be trained on and not be shown: secrets and personal data."""
