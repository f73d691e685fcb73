"""What scripts/bench measures with; the standard library alone."""
