"""The watchlist: actors as a file lists them, and the compiled matcher that finds their names in text."""
