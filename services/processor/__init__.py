"""The stream processor: the Faust app around extraction."""
