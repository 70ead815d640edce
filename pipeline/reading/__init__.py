"""A source becomes opinions, a plan and a ledger."""
