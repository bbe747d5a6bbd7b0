"""Names of official lists are linked where their setting speaks for their bearer; one's own wherever they stand."""

from collections.abc import Callable

import pytest

from schemas import Actor, ActorType, IdentifiedArticle, NameDecision, Verdict
from services.core.codec import encode
from services.extraction.pipeline import Extractor

T = ActorType
LISTED = tuple(
    actor.model_copy(update={"loaded_as": "list"})
    for actor in (
        Actor(id="doctor", name="Abdul Hadi", type=T.PERSON, aliases=("The Doctor",), programmes=("SDGT",)),
        Actor(id="maria", name="MARIA", type=T.VESSEL, countries=("ru",), programmes=("RUSSIA-EO14024",)),
        Actor(id="bank", name="National Bank", type=T.ORGANISATION, countries=("sy",), programmes=("SYRIA",)),
        Actor(id="fsb", name="Federal Security Service", type=T.ORGANISATION, aliases=("FSB",), countries=("ru",),
              programmes=("RUSSIA-EO14024",)),
        Actor(id="lee", name="John Ka-chiu LEE", type=T.PERSON, aliases=("John LEE",), countries=("hk",),
              programmes=("HK-EO13936",)),
        Actor(id="usmanov", name="Alisher USMANOV", type=T.PERSON, countries=("ru",), programmes=("RUSSIA-EO14024",),
              weak_aliases=("Alik",)),
        Actor(id="sovcombank", name="Sovcombank", type=T.ORGANISATION, countries=("ru",), programmes=("UKR",)),
        Actor(id="hydra", name="Hydra Market", type=T.ORGANISATION, aliases=("HYDRA",), programmes=("CYBER2",),
              countries=("ru",)),
    )
)  # fmt: skip
OWN = Actor(id="mine", name="Green Harvest", type=T.COMPANY, aliases=("GH",), weak_aliases=("Harvest",))


@pytest.fixture(scope="module")
def read(extractor: Extractor) -> Callable[[str], list[tuple[str, str | None]]]:
    listing = extractor.with_watchlist((*LISTED, OWN))

    def extract(text: str) -> list[tuple[str, str | None]]:
        entities = listing.extract(IdentifiedArticle(id="a", text=text)).entities
        ids = {actor.id for actor in (*LISTED, OWN)}
        return [(entity.text, entity.actor_id) for entity in entities if entity.actor_id in ids]

    return extract


@pytest.mark.parametrize(
    "text",
    [
        "The Doctor will see you now, said the nurse.",
        "Maria thanked her teachers in Moscow, Russia.",
        "She worked at National Bank in Ohio.",
        "The Financial Stability Board (FSB) met in Basel.",
        "Judge John Lee of the Seventh Circuit was confirmed.",
        "Alik laughed.",
        "The Hydra of Greek myth had nine heads.",
        "The Harvest was good this year.",
    ],
)
def test_a_name_that_many_share_is_not_its_bearer(read: Callable[[str], object], text: str) -> None:
    assert read(text) == []


@pytest.mark.parametrize(
    ("text", "actor"),
    [
        ("The tanker Maria, a Russian vessel under sanctions, left the port of Novorossiysk.", "maria"),
        ("Russia\u2019s FSB said it had detained a man in Moscow.", "fsb"),
        ("Hong Kong\u2019s leader John Lee spoke in Hong Kong.", "lee"),
        ("A superyacht of Alisher Usmanov was seized in Germany.", "usmanov"),
        ("Sovcombank was added to the list.", "sovcombank"),
        ("Syrian officials met bankers of National Bank in Damascus, Syria.", "bank"),
        ("Green Harvest said so.", "mine"),
        ("GH said so.", "mine"),
    ],
)
def test_a_name_whose_setting_speaks_for_its_bearer_is(
    read: Callable[[str], list[tuple[str, str | None]]], text: str, actor: str
) -> None:
    assert actor in [linked for _, linked in read(text)]


def test_what_an_analyst_decides_holds(extractor: Extractor) -> None:
    listing = extractor.with_watchlist((*LISTED, OWN))

    def decide(actor: str, name: str, verdict: Verdict) -> None:
        decision = NameDecision(
            actor_id=actor, name=name, verdict=verdict, author="A", decided_at="2026-01-01T00:00:00Z"
        )
        listing.roster.decide(decision, encode(decision))

    def linked(text: str) -> set[str | None]:
        return {each.actor_id for each in listing.extract(IdentifiedArticle(id="a", text=text)).entities}

    version = listing.roster.version
    decide("doctor", "the doctor", Verdict.ALLOW)
    decide("mine", "GH", Verdict.BLOCK)
    assert listing.roster.version != version
    assert "doctor" in linked("The Doctor was seen in Kabul.")
    assert "mine" not in linked("GH said so.")
    assert "mine" in linked("Green Harvest said so.")
    listing.roster.undecide("decision|doctor|the doctor")
    listing.roster.undecide("decision|mine|gh")
    assert listing.roster.version == version
    assert "doctor" not in linked("The Doctor was seen in Kabul.")
    assert "mine" in linked("GH said so.")


def test_entries_of_several_lists_are_one_actor(extractor: Extractor) -> None:
    def entry(identity: str, name: str, other: str, **fields: object) -> Actor:
        said = {"type": T.PERSON, "loaded_as": identity.split("-", maxsplit=1)[0], "same_as": (other,), **fields}
        return Actor.model_validate({"id": identity, "name": name, **said})

    listing = extractor.with_watchlist(
        [
            entry("eu-1", "Sergei Shoigu", "ofac-1", lists=["eu"]),
            entry("ofac-1", "Sergey SHOYGU", "eu-1", lists=["ofac"]),
            OWN,
        ]
    )
    found = listing.extract(IdentifiedArticle(id="a", text="Sergey Shoygu met Green Harvest. Sergei Shoigu smiled."))
    assert {entity.actor_id for entity in found.entities} == {"eu-1", "mine"}
    (pair,) = found.cooccurrences
    assert pair.actors[0].lists == ("eu", "ofac")
