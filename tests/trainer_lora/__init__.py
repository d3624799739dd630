"""The engine `lora`; its tests need the extra of this name and are skipped without it."""
