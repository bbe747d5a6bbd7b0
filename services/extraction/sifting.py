"""Keep of the names of listed actors those that are likely to be theirs where they stand.

Lists hold names such as "The Doctor", "National Bank", "SO" and "Maria", and those of people who share them with many.
A name counts the less, the more common its words are, and the more, the more of its setting agrees with its bearer: the
countries and matters that the text speaks of, its full name elsewhere, and what the model takes it for. Names in a list
of one's own are taken as they are written.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from schemas import Actor, ActorType, EntityLabel, LinkMethod
from services.extraction.labelling import is_surname
from services.extraction.lexicon import word_list
from services.extraction.passages import Passage
from services.extraction.setting import Setting, countries_of
from services.extraction.settling import Spotted
from services.watchlist.holding import Name
from services.watchlist.matcher import NameMatch
from services.watchlist.spelling import standard_word, to_latin
from services.watchlist.word_counts import name_parts, word_counts
from services.watchlist.writing import layout_of

THRESHOLD = 0.5

_FEW = 20  # times in the corpus
_LOWER = 0.03  # share in lower case of a word that is no name
_ACRONYM = re.compile(r"(?=.*[A-Z])[A-Z0-9][A-Z0-9.&/-]{0,6}")
_CRAFT = re.compile(
    r"\b(?:vessel|tanker|ship|yacht|freighter|cargo|sail|crude|dock|imo|aircraft|jet|plane|helicopter|boeing|airbus)"
)
_NEXT = re.compile(r" ([^\W\d_][\w’'-]*)")  # noqa: RUF001
_WORD = re.compile(r"[^\W\d_]+")
_EXPANSION = 80  # code points before a bracket
_ORGANISED = frozenset({EntityLabel.ORG})
_PEOPLE = frozenset({EntityLabel.PERSON})
_PLACES = frozenset({EntityLabel.GPE, EntityLabel.LOC})
_ALONE = frozenset({ActorType.PERSON, ActorType.VESSEL, ActorType.AIRCRAFT})
_EVERYWHERE = frozenset({"us"})  # named in so many articles that it tells nothing
_LOOSE = frozenset({LinkMethod.METONYM, LinkMethod.DEMONYM, LinkMethod.WEAK_ALIAS})
_FULL = frozenset({LinkMethod.NAME, LinkMethod.ALIAS, LinkMethod.VARIANT})


@dataclass(frozen=True, slots=True)
class _Place:
    """A name where it stands."""

    passage: Passage
    match: NameMatch
    around: tuple[Spotted, ...]
    setting: Setting
    named: frozenset[str]  # ids of those whose full names stand anywhere in the article


def sift(
    passages: Sequence[Passage],
    names: Sequence[Sequence[NameMatch]],
    spotted: Sequence[Sequence[Spotted]],
    *,
    threshold: float = THRESHOLD,
    canonical: Callable[[Name], Name] = lambda name: name,
) -> list[list[NameMatch]]:
    """Return the matches with the names that are likely enough; a match that has none left is gone.

    Args:
        passages: The fields of the article.
        names: For each, the names in it.
        spotted: For each, what the model saw.
        threshold: The least likelihood.
        canonical: Of a name, the same of the entry that stands for all entries of its bearer.
    """
    if all(name.counts and not name.held.same_as for matches in names for match in matches for name in match.names):
        return [list(matches) for matches in names]
    named = frozenset(name.held.id for matches in names for match in matches for name in match.names if _is_full(name))
    return [
        [_unified(match, canonical) for match in _sifted(passage, matches, seen, named, threshold)]
        for passage, matches, seen in zip(passages, names, spotted, strict=True)
    ]


def _sifted(
    passage: Passage,
    matches: Sequence[NameMatch],
    seen: Sequence[Spotted],
    named: frozenset[str],
    threshold: float,
) -> Iterator[NameMatch]:
    setting = Setting(passage, matches)
    for match in matches:
        around = tuple(span for span in seen if span.start < match.end and match.start < span.end)
        place = _Place(passage, match, around, setting, named)
        likely = {name: 1.0 if name.counts else likelihood(name, place) for name in match.names}
        kept = [name for name in match.names if likely[name] >= threshold]
        if kept:
            order = {name: (name.method in _LOOSE, not name.held.watched, -likely[name]) for name in kept}
            yield match._replace(names=tuple(sorted(kept, key=order.__getitem__)))


def _unified(match: NameMatch, canonical: Callable[[Name], Name]) -> NameMatch:
    """The match with one name for each bearer, whatever entries it has."""
    names = {name.held.id: name for name in map(canonical, reversed(match.names))}
    return match._replace(names=tuple(reversed(names.values())))


def likelihood(name: Name, place: "_Place") -> float:
    """Return how likely a name is its bearer's where it stands, from 0 to 1."""
    actor = name.actor
    if name.method is LinkMethod.WEAK_ALIAS:
        likely = 0.1 + (0.3 if _is_in_country(actor, place) else 0.0) + (0.4 if actor.id in place.named else 0.0)
        likely += 0.15 if place.setting.speaks_of(actor.programmes, place.match.start) else 0.0
        likely += 0.1 if actor.type not in _ALONE and _is_taken_for(place, _ORGANISED) else 0.0
    elif actor.type is ActorType.PERSON:
        likely = _of_person(name, actor, place)
    elif actor.type in {ActorType.VESSEL, ActorType.AIRCRAFT}:
        likely = _of_craft(name, actor, place)
    else:
        likely = _of_body(name, actor, place)
    return max(0.0, min(1.0, likely))


def _of_person(name: Name, actor: Actor, place: "_Place") -> float:
    words = _words(name)
    if _goes_on(place):
        return 0.2
    if len(words) == 1:
        return 0.8 if actor.id in place.named else 0.1
    likely = 0.9
    if all(word in name_parts() or word in word_list("titles") or _is_common(word) for word in words):
        likely = 0.35
    elif _is_ordinary(words) or _has_other_surname(words, actor) or _is_another_countrys(actor, place):
        likely = 0.45
    return likely + 0.15 * _agreement(actor, place) - (0.3 if _is_taken_for(place, _ORGANISED | _PLACES) else 0.0)


def _of_craft(name: Name, actor: Actor, place: "_Place") -> float:
    likely = 0.2 if all(map(_is_common, _words(name))) or len(_words(name)) == 1 else 0.4
    if place.setting.has_near(_CRAFT, place.match.start):
        likely += 0.2
    return likely + 0.15 * _agreement(actor, place) - (0.3 if _is_taken_for(place, _PLACES) else 0.0)


def _of_body(name: Name, actor: Actor, place: "_Place") -> float:
    words, text = _words(name), place.passage.text[place.match.start : place.match.end]
    agreement = _agreement(actor, place)
    if len(words) <= 2 and _ACRONYM.fullmatch(text):
        likely = 0.3 + 0.05 * agreement + (0.1 if _is_taken_for(place, _ORGANISED) else 0.0)
        likely += 0.15 if _is_in_country(actor, place) or place.setting.is_word_of(actor.programmes, text) else 0.0
        if actor.id in place.named:
            likely += 0.4
        elif _stands_for_else(place):
            likely -= 0.25
    elif len(words) == 1:
        is_word = _is_common(words[0]) or words[0] in word_list("given_names") or is_surname(words[0])
        likely = (0.2 if is_word else 0.75 if name.method is LinkMethod.NAME else 0.45) + 0.15 * agreement
        likely += 0.1 if is_word and _is_taken_for(place, _ORGANISED) else 0.0
    else:
        likely = (0.4 if all(map(_is_common, words)) else 0.9) + 0.15 * agreement
    likely -= 0.3 if _is_another_countrys(actor, place) else 0.0
    return likely - (0.3 if _is_taken_for(place, _PEOPLE | _PLACES) else 0.0)


def _agreement(actor: Actor, place: "_Place") -> int:
    """How much of the setting speaks for an actor: its countries, and the matter of its programmes."""
    return _is_in_country(actor, place) + place.setting.speaks_of(actor.programmes, place.match.start)


def _is_in_country(actor: Actor, place: "_Place") -> bool:
    countries = countries_of(actor) - _EVERYWHERE
    return not countries.isdisjoint(place.setting.countries_near(place.match.start))


def _is_another_countrys(actor: Actor, place: "_Place") -> bool:
    """Whether the name of another country leads to it: "Pakistan's ISI", "the Russian Agricultural Bank"."""
    before = place.setting.country_before(place.match.start)
    return before is not None and before not in (frozenset(actor.countries) or countries_of(actor))


def _is_ordinary(words: Sequence[str]) -> bool:
    """Whether given name and surname are both known as such: of the same name there may be many."""
    return is_surname(words[-1]) and (words[0] in word_list("given_names") or words[0] in name_parts())


def _has_other_surname(words: Sequence[str], actor: Actor) -> bool:
    """Whether an alias shares no surname with the name."""
    own = {standard_word(word.encode()) for word in layout_of(actor.name).words}
    return standard_word(words[-1].encode()) not in own


def _goes_on(place: "_Place") -> bool:
    """Whether the next word belongs to the name: "Abdul Hamid Dbeibah"."""
    after = _NEXT.match(place.passage.clean, place.match.end)
    if after is None or not after[1][0].isupper() or after[1].lower() in word_list("calendar"):
        return False
    return not place.around or any(span.end > place.match.end for span in place.around)


def _is_taken_for(place: "_Place", labels: frozenset[EntityLabel]) -> bool:
    """Whether the model takes exactly these words for one of such kinds."""
    match = place.match
    return any((span.start, span.end) == (match.start, match.end) and span.label in labels for span in place.around)


def _stands_for_else(place: "_Place") -> bool:
    """Whether an acronym in brackets is the initials of the words before: "the Financial Stability Board (FSB)"."""
    clean, start = place.passage.clean, place.match.start
    if clean[start - 1 : start] != "(":
        return False
    initials = [word[0].lower() for word in _WORD.findall(clean[max(0, start - _EXPANSION) : start - 1])]
    letters = [char.lower() for char in clean[start : place.match.end] if char.isalpha()]
    reached = 0
    for letter in reversed(letters):
        while reached < len(initials) and initials[-1 - reached] != letter:
            reached += 1
        if reached == len(initials):
            return False
        reached += 1
    return True


def _is_full(name: Name) -> bool:
    return name.method in _FULL and len(layout_of(name.text).spans) > 1


def _is_common(word: str) -> bool:
    """Whether a word is an everyday one rather than a name, or no word at all."""
    if len(word) == 1 or word.isdigit():
        return True
    count = word_counts().get(word.encode())
    return count is not None and count.total >= _FEW and count.lower >= _LOWER * count.total


def _words(name: Name) -> tuple[str, ...]:
    """The words of a name, folded and in Latin letters."""
    return tuple(to_latin(word.encode()).decode() for word in layout_of(name.text).words)
