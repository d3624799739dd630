"""What acceptance tests share: the three processes, and colleagues who act in the workspace."""
