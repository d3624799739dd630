"""What people write in the place of a model's answer becomes training data of their channel."""
