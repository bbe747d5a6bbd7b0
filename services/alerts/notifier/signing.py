"""Sign a webhook as the Standard Webhooks specification (1.0) says, with HMAC-SHA256."""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Sequence

_PREFIX = "whsec_"
_MIN_BYTES, _MAX_BYTES = 24, 64  # the specification's bounds


def parse_secrets(text: str) -> tuple[bytes, ...]:
    """Read secrets, one a line: `whsec_` and base64. While a secret is replaced there are two, and both sign.

    Raises:
        ValueError: Says what is wrong, without the secret.
    """
    secrets = tuple(_parse_secret(line.strip()) for line in text.splitlines() if line.strip())
    if not secrets:
        msg = "holds no secret"
        raise ValueError(msg)
    return secrets


def sign(secrets: Sequence[bytes], *, message_id: str, timestamp_s: int, body: bytes) -> dict[str, str]:
    """Return the three headers that prove to who knows a secret that we sent the body, and when."""
    signed = f"{message_id}.{timestamp_s}.".encode() + body
    signatures = [base64.b64encode(hmac.new(secret, signed, hashlib.sha256).digest()).decode() for secret in secrets]
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp_s),
        "webhook-signature": " ".join(f"v1,{signature}" for signature in signatures),
    }


def _parse_secret(text: str) -> bytes:
    try:
        secret = base64.b64decode(text.removeprefix(_PREFIX), validate=True)
    except (binascii.Error, ValueError):
        msg = f"a secret is written as {_PREFIX} and base64"
        raise ValueError(msg) from None  # the cause would show the secret
    if not _MIN_BYTES <= len(secret) <= _MAX_BYTES:
        msg = f"a secret has {_MIN_BYTES} to {_MAX_BYTES} bytes, not {len(secret)}"
        raise ValueError(msg)
    return secret
