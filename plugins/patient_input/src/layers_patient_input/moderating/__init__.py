"""Looking at patients' answers before the practice sees them: who looks at which, the queue, and what is decided."""
