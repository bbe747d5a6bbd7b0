"""Numbers of documents and registers are told apart by what lists call them."""

import pytest

from services.watchlist.formats.id_numbers import id_numbers


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Passport", "passport"),
        ("Número de pasaporte", "passport"),
        ("Tax ID No.", "tax"),
        ("R.F.C.", "tax"),
        ("Registration Number", "registration"),
        ("Vessel Registration Identification", "imo"),
        ("SWIFT/BIC", "swift"),
        ("Digital Currency Address - XBT", "wallet"),
        ("National ID No.", "national_id"),
        ("Cedula No.", "national_id"),
        ("fiscalcode", "tax"),
        ("Gender", None),
        ("Website", None),
        ("Secondary sanctions risk:", None),
        ("Organization Established Date", None),
    ],
)
def test_what_a_list_calls_it_tells_the_kind(name: str, kind: str | None) -> None:
    assert [found.kind for found in id_numbers([(name, "12 345", "Russia")])] == ([kind] if kind else [])


def test_the_issuer_is_a_country() -> None:
    (found,) = id_numbers([("Passport", " 12  345 ", "Russia")])
    assert (found.number, found.country) == ("12 345", "ru")
    assert id_numbers([("Passport", "", "ru"), ("Passport", "x" * 200, None)]) == ()
