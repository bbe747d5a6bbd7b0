"""Dead letters: what could not be processed, kept with the bytes as received and the reason."""

from enum import StrEnum

from pydantic import Base64Bytes, Field

from schemas.base import Message, Moment


class Reason(StrEnum):
    """Why something became a dead letter; also the metric's label."""

    NULL_VALUE = "null_value"
    NOT_UTF8 = "not_utf8"
    NOT_JSON = "not_json"
    INVALID_FIELD = "invalid_field"
    EMPTY_TEXT = "empty_text"
    TEXT_TOO_LARGE = "text_too_large"
    PROCESSING_FAILED = "processing_failed"
    OUTPUT_TOO_LARGE = "output_too_large"
    UNDELIVERABLE = "undeliverable"


class DeadLetter(Message):
    """A message as received, where it stood, and why it was set aside.

    On the topic the key and value are the bytes as received and everything else stands in headers; this is how the
    two are shown together. Bytes that are UTF-8 are in `value`, others in `value_base64`; likewise the key.
    """

    topic: str = Field(description="Where it was received.", examples=["articles"])
    partition: int = Field(ge=0)
    offset: int = Field(ge=0)
    reason: Reason = Field(examples=["not_json"])
    message: str = Field(description="A sentence that says what is wrong.", examples=["not JSON: EOF while parsing …"])
    traceback_digest: str | None = Field(
        default=None,
        description="Digest of the traceback, to group failures of one cause.",
        examples=["9c1185a5"],
    )
    failed_at: Moment
    key: str | None = None
    key_base64: Base64Bytes | None = None
    value: str | None = None
    value_base64: Base64Bytes | None = None
    traceparent: str | None = Field(
        default=None,
        description="W3C trace context that it came with, in which it goes on when it is sent again.",
        examples=["00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"],
    )
