"""From what opinions ask for to proposals for measures."""
