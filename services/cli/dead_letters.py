"""`sightline dead-letters`: see what was set aside, and send it again."""

import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from kafka import KafkaConsumer, OffsetAndMetadata, TopicPartition
from pydantic import ValidationError
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from schemas import DeadLetter, Reason, Topic
from schemas.topics import DEAD_LETTER_SUFFIX, Cleanup
from services.core.clients import close_producer, create_consumer, create_producer
from services.core.cluster import require_cluster
from services.core.dead_letters import Received, original_headers, read_dead_letter
from services.core.errors import BrokerUnavailable, ConfigurationError
from services.core.headers import TRACEPARENT
from services.core.settings import KafkaSettings, load_settings

GROUP = "sightline-dead-letter-replay"
_POLL_MS = 200
_FLUSH_S = 30.0
_SHOWN = 60  # characters of a value in the table

_LISTED = tuple(topic for topic in Topic if topic.value + DEAD_LETTER_SUFFIX in set(Topic))
# A state stands in the partition of the articles that it is made of, and is made anew from them: it is not sent again.
_REPLAYED = tuple(topic for topic in _LISTED if topic.cleanup is not Cleanup.COMPACT)
# An event in the life of an alert goes again to the receiver that lacks it, which a file does not name.
_IN_FILES = tuple(topic for topic in _REPLAYED if topic is not Topic.ALERTS)

TopicName = Annotated[str, typer.Option(help=f"Where they came from: {', '.join(_LISTED)}.")]
ReplayedTopic = Annotated[str, typer.Option(help=f"Where they came from: {', '.join(_REPLAYED)}.")]
OnlyReason = Annotated[Reason | None, typer.Option(help="Only those set aside for this reason.")]


def create_cli() -> typer.Typer:
    """Return the subcommands."""
    cli = typer.Typer(help="What could not be processed: see it, repair it, send it again.", no_args_is_help=True)
    cli.command("list")(show)
    cli.command()(replay)
    return cli


def show(
    *,
    topic: TopicName = Topic.ARTICLES.value,
    reason: OnlyReason = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Stop after so many.")] = None,
    jsonl: Annotated[bool, typer.Option("--jsonl", help="One DeadLetter a line, to repair and replay.")] = False,
) -> None:
    """Print the dead letters of a topic, oldest first; those that were replayed, too, as long as the topic keeps them.

    Example: sightline dead-letters list --reason not_json --jsonl > broken.jsonl
    """
    kafka = load_settings().kafka
    table = Table("topic", "at", "reason", "message", "value")
    printed = 0
    for received in _read(kafka, _source(topic, _LISTED)):
        letter = _as_letter(received)
        if letter is None or (reason is not None and letter.reason is not reason):
            continue
        if jsonl:
            typer.echo(letter.model_dump_json(exclude_none=True))
        else:
            at = f"{letter.partition}:{letter.offset}"
            value = (letter.value or repr(letter.value_base64 or b"")[2:-1])[:_SHOWN]
            table.add_row(letter.topic, at, letter.reason.value, escape(letter.message), escape(ascii(value)[1:-1]))
        printed += 1
        if printed == limit:
            break
    if not jsonl:
        Console().print(table) if printed else typer.echo("no dead letters")


def replay(
    file: Annotated[Path | None, typer.Argument(help="JSON lines as `list --jsonl` prints them, repaired.")] = None,
    *,
    everything: Annotated[bool, typer.Option("--all", help="All that were not yet replayed by --all.")] = False,
    reason: OnlyReason = None,
    topic: ReplayedTopic = Topic.ARTICLES.value,
) -> None:
    """Send dead letters to the topic they came from.

    From FILE: each line's `value`, a text or a JSON object, or its `value_base64`, under its key, in its trace.
    With --all or --reason: the bytes, key and headers as received. --all remembers how far it came (the offsets of
    group sightline-dead-letter-replay), so that running it twice sends nothing twice; FILE and --reason do not. To
    send an article again does no harm: the same article has the same id, and raises no alert twice.

    Example: sightline dead-letters replay broken.jsonl
    """
    if sum((file is not None, everything, reason is not None)) != 1:
        raise typer.BadParameter("give a FILE, or --all, or --reason, and one of them only")
    kafka = load_settings().kafka
    if file is not None:
        sent = _send(kafka, list(_from_file(file, kafka)))
    else:
        sent = _replay_topic(kafka, _source(topic, _REPLAYED), reason)
    typer.echo(f"replayed {sent}")


def _replay_topic(kafka: KafkaSettings, source: Topic, reason: Reason | None) -> int:
    group = kafka.topic_prefix + GROUP if reason is None else None
    records = list(_read(kafka, source, group=group))
    letters = [(received, _as_letter(received)) for received in records]
    sent = _send(
        kafka,
        [
            (letter.topic, received.key, received.value, original_headers(received.headers))
            for received, letter in letters
            if letter is not None and reason in (None, letter.reason)
        ],
    )
    if group is not None:
        _remember(kafka, group, records)
    return sent


def _read(kafka: KafkaSettings, source: Topic, *, group: str | None = None) -> Iterator[Received]:
    """Yield what stands in the dead-letter topic now; with a group, from where the group came to."""
    require_cluster(kafka, [source.dead_letter])
    consumer = create_consumer(kafka, group_id=group)
    try:
        name = source.dead_letter.named(kafka.topic_prefix)
        partitions = [TopicPartition(name, number) for number in consumer.partitions_for_topic(name) or ()]
        consumer.assign(partitions)
        if group is None:
            consumer.seek_to_beginning(*partitions)
        ends = consumer.end_offsets(partitions)
        while any(consumer.position(partition) < ends[partition] for partition in partitions):
            yield from _poll(consumer, ends)
    finally:
        consumer.close()


def _poll(consumer: KafkaConsumer, ends: dict[TopicPartition, int]) -> Iterator[Received]:
    for partition, records in consumer.poll(timeout_ms=_POLL_MS).items():
        for record in records:
            if record.offset < ends[partition]:
                headers = tuple(record.headers or ())
                yield Received(record.topic, record.partition, record.offset, record.key, record.value, headers)


def _remember(kafka: KafkaSettings, group: str, records: Iterable[Received]) -> None:
    offsets = {
        TopicPartition(record.topic, record.partition): OffsetAndMetadata(record.offset + 1, "", -1)
        for record in records
    }
    if not offsets:
        return
    consumer = create_consumer(kafka, group_id=group)
    try:
        consumer.assign(list(offsets))
        consumer.commit(offsets)
    finally:
        consumer.close()


def _send(kafka: KafkaSettings, messages: list[tuple[str, bytes | None, bytes | None, list[tuple[str, bytes]]]]) -> int:
    """Send messages, and return how many the cluster has acknowledged: all of them.

    Raises:
        BrokerUnavailable: Not all were acknowledged; to send them again does no harm.
    """
    require_cluster(kafka)
    producer = create_producer(kafka)
    try:
        # Kafka takes a message without a value only if it has a key.
        sent = [
            producer.send(
                topic,
                value,
                key=b"" if key is None and value is None else key,
                headers=[(name, content or b"") for name, content in headers],
            )
            for topic, key, value, headers in messages
        ]
        producer.flush(timeout=_FLUSH_S)
        arrived = len([future for future in sent if future.succeeded()])
    finally:
        close_producer(producer, timeout_s=5)
    if arrived < len(messages):
        msg = f"{kafka.bootstrap_servers} acknowledged only {arrived} of {len(messages)}: replay them again"
        raise BrokerUnavailable(msg)
    return arrived


def _from_file(
    file: Path, kafka: KafkaSettings
) -> Iterator[tuple[str, bytes | None, bytes | None, list[tuple[str, bytes]]]]:
    """Yield topic, key, value and the one header of each line: the trace in which it goes on.

    Raises:
        ConfigurationError: Names the line and what is wrong with it.
    """
    known = {topic.named(kafka.topic_prefix) for topic in _IN_FILES}
    try:
        lines = file.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        msg = f"{file}: cannot be read ({error})"
        raise ConfigurationError(msg) from error
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            letter = _parse(json.loads(line))
        except (ValueError, ValidationError) as error:
            msg = f"{file}, line {number}: no dead letter: {error}".replace("\n", " ")
            raise ConfigurationError(msg) from error
        if letter.topic not in known:
            msg = f"{file}, line {number}: topic: {letter.topic!r} is none of {', '.join(sorted(known))}"
            raise ConfigurationError(msg)
        headers = [] if letter.traceparent is None else [(TRACEPARENT, letter.traceparent.encode())]
        key, value = _as_bytes(letter.key, letter.key_base64), _as_bytes(letter.value, letter.value_base64)
        yield letter.topic, key, value, headers


def _parse(line: Any) -> DeadLetter:  # Any: whatever the person who repaired it wrote
    """Read a line whose value may have been repaired as an object."""
    if isinstance(line, dict) and isinstance(line.get("value"), dict):
        line = {**line, "value": json.dumps(line["value"], ensure_ascii=False)}
    return DeadLetter.model_validate(line)


def _as_bytes(text: str | None, raw: bytes | None) -> bytes | None:
    return text.encode() if text is not None else raw


def _as_letter(received: Received) -> DeadLetter | None:
    """Return the dead letter, or None, saying so, for a record that is none."""
    try:
        return read_dead_letter(received)
    except ValueError as error:
        typer.echo(f"skipped: {error}".partition("\n")[0], err=True)
        return None


def _source(name: str, known: Sequence[Topic]) -> Topic:
    for topic in known:
        if topic.value == name:
            return topic
    msg = f"{name!r} is none of {', '.join(known)}"
    raise typer.BadParameter(msg)
