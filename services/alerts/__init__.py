"""The alerts service: rules over co-occurrences, each alert written exactly once."""
