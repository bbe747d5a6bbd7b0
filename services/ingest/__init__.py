"""Take articles in, from files, feeds and HTTP, and publish them to the articles topic."""
