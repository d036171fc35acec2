"""Time: the installation's clock and the working-day calendar (工作日)."""
