"""The arithmetic of figures: shares, and what is made of two of them."""


def ratio(part: float, whole: float) -> float:
    """Return the share, to four decimals; 0 of nothing."""
    return round(part / whole, 4) if whole else 0.0


def harmonic(precision: float, recall: float) -> float:
    """Return F1, to four decimals."""
    return round(2 * precision * recall / (precision + recall), 4) if precision + recall else 0.0
