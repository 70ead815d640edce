"""Words become themes and kinds."""
