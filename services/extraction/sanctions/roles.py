"""Decide who imposes, who is hit, and who else proposes, opposes or evades. An empty slot beats a guess."""

from collections.abc import Sequence
from dataclasses import dataclass

from spacy.tokens import Token

from schemas import Status
from services.extraction.sanctions.senders import parties_of, sender_sources
from services.extraction.sanctions.setting import Setting
from services.extraction.sanctions.syntax import first_conjunct
from services.extraction.sanctions.targets import target_sources


@dataclass(frozen=True, slots=True)
class Roles:
    """Heads of the phrases that fill each slot, in order."""

    senders: tuple[Token, ...]
    targets: tuple[Token, ...]
    parties: tuple[Token, ...]


@dataclass(frozen=True, slots=True)
class Sources:
    """Whom each rule names for a slot, the surest rules first."""

    targets: dict[str, list[Token]]
    senders: dict[str, list[Token]]


def sources_of(setting: Setting) -> Sources:
    """Return whom each rule names."""
    targets = target_sources(setting)
    return Sources(targets, sender_sources(setting, has_target=any(targets.values())))


def roles_of(setting: Setting, sources: Sources, status: Status) -> Roles:
    """Return who fills the slots of a mention; the first place that names somebody settles a slot."""
    targets = next(filter(None, sources.targets.values()), [])
    senders = _without(next(filter(None, sources.senders.values()), []), targets)
    parties = _without(parties_of(setting, status), senders)
    return Roles(tuple(senders), tuple(targets), tuple(parties))


def _without(tokens: Sequence[Token], others: Sequence[Token]) -> list[Token]:
    """The tokens that are not among the others, and not part of the same phrase's head."""
    taken = {token.i for token in others}
    return [token for token in tokens if token.i not in taken and first_conjunct(token).i not in taken]
