"""The embedded broker and the all-in-one run."""
