"""Plain Django twins that benches measure against: no acts, no policies, no log."""
