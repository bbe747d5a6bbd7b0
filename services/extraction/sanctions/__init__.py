"""Sanctions mentions: who sanctions whom with what, and where that stands, from the parse of one sentence."""
