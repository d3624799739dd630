"""Fine-tuning jobs: launch, watch, metrics, checkpoints, budget."""
