"""What names a person: found, counted, and masked where that is asked for."""
