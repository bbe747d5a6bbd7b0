"""How alike two names are, whatever their script, order and spelling: what `sightline watchlist search` looks by."""
