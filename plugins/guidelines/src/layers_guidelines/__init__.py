"""Guidelines: short notes on how the practice uses a guideline."""
