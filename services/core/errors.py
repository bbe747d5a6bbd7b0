"""The tree of errors.

SightlineError
├── PermanentError          trying again cannot help: a dead letter, a 4xx, a refusal
│   ├── Unreadable          a message or file that holds no article
│   └── ConfigurationError  settings, rules or watchlist that cannot be used
└── TransientError          trying again may help: retried with back-off
    └── BrokerUnavailable   the cluster is away, refuses the credentials, or lacks a topic
"""

from schemas import Reason


class SightlineError(Exception):
    """Root of everything that Sightline raises; its text is a sentence for people."""


class PermanentError(SightlineError):
    """Trying again with the same input cannot help."""


class TransientError(SightlineError):
    """Trying again may help."""


class Unreadable(PermanentError):  # noqa: N818 - an adjective that reads well where it is raised
    """What was received holds no article."""

    def __init__(self, reason: Reason, message: str) -> None:
        super().__init__(message)
        self.reason = reason


class ConfigurationError(PermanentError):
    """Something that a person wrote cannot be used; the text names the place."""


class BrokerUnavailable(TransientError):  # noqa: N818 - as above
    """The cluster cannot be used now; the text says what to check."""
