"""The pages of an offering: batches, their subscriptions, order, choices and gate, and what a family sees of its own."""
