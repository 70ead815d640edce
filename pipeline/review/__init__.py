"""People decide: what they decided is kept, applied, compared, measured and learned from."""
