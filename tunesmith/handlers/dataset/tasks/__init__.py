"""What the queue does with training files: check, report, fix, split."""
