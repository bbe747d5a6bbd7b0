"""What the last release promised still holds; and whatever would break it is seen, and named."""

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from pydantic import ValidationError

import schemas
from schemas.base import Message
from tests.conftest import CHECKOUT
from tests.contract.gate import decided_breaks, find_breaks, may_break
from tests.contract.generation import messages
from tests.contract.surface import Surface, last_released, today

RELEASED = last_released()
TODAY = today()


def test_nothing_that_the_last_release_promised_is_broken() -> None:
    found, decided = find_breaks(RELEASED, TODAY), decided_breaks()
    undecided = [each for each in found if each not in decided]
    assert not undecided, "\n".join(("this breaks what was released; see docs/contract/README.md:", *undecided))
    needless = [each for each in decided if each not in found]
    assert not needless, "\n".join(("these break nothing; take them out of breaks.yaml:", *needless))
    if decided:
        assert may_break(RELEASED["version"], TODAY["version"]), "this version may break nothing: raise another number"


def test_every_break_that_was_decided_on_has_a_reason_and_the_changelog_has_them() -> None:
    assert all(decided_breaks().values())
    assert not decided_breaks() or "### Removed" in (CHECKOUT / "CHANGELOG.md").read_text("utf-8")


def test_only_a_larger_number_may_break() -> None:
    assert may_break("0.1.0", "0.2.0")
    assert may_break("0.9.1", "1.0.0")
    assert may_break("1.2.3", "2.0.0")
    assert not may_break("0.1.0", "0.1.1")
    assert not may_break("1.2.3", "1.3.0")


Change = Callable[[Surface], object]


def accepted(model: str) -> Callable[[Surface], dict[str, Any]]:
    return lambda surface: surface["models"]["accepted"][model]


def both(model: str, change: Callable[[dict[str, Any]], object]) -> Change:
    """Change a model in what is accepted and in what is written, as a change of its class does."""
    return lambda surface: [change(surface["models"][direction][model]) for direction in ("accepted", "written")]


def drop(model: str, field: str) -> Change:
    def change(schema: dict[str, Any]) -> None:
        del schema["properties"][field]
        schema["required"] = [name for name in schema.get("required", ()) if name != field]

    return both(model, change)


def rename(model: str, field: str, name: str) -> Change:
    return both(model, lambda schema: schema["properties"].update({name: schema["properties"].pop(field)}))


def put(model: str, field: str, **keywords: Any) -> Change:
    return both(model, lambda schema: schema["properties"][field].update(keywords))


def add(model: str, field: str, *, required: bool = False) -> Change:
    """Add a field as pydantic would show it: what has a default is always written."""

    def change(surface: Surface) -> None:
        for direction in ("accepted", "written"):
            schema = surface["models"][direction][model]
            schema["properties"][field] = {"type": "string"} | ({} if required else {"default": ""})
            if required or direction == "written":
                schema["required"] = [*schema.get("required", ()), field]

    return change


def bound(surface: Surface, model: str, field: str) -> dict[str, Any]:
    """The branch of an optional field that is no null, in what is accepted."""
    branches: list[dict[str, Any]] = surface["models"]["accepted"][model]["properties"][field]["anyOf"]
    return branches[0]


def restrict(model: str, field: str, **keywords: Any) -> Change:
    return lambda surface: bound(surface, model, field).update(keywords)


BREAKS: dict[str, tuple[Change, str]] = {
    "a field removed": (drop("Alert", "story_count"), "Alert.story_count: the field is removed"),
    "a field of a part removed": (drop("ArticleRef", "url"), "ArticleRef.url: the field is removed (in "),
    "a field of what users send removed": (drop("Article", "extra"), "Article.extra: the field is removed"),
    "a field renamed": (
        rename("Alert", "first_seen", "seen_first"),
        "Alert.first_seen: the field is removed, or renamed to `seen_first`",
    ),
    "a type changed": (put("Alert", "sequence", type="string"), "Alert.sequence: `integer` is no longer accepted"),
    "a type changed for readers": (
        put("Alert", "sequence", type="number"),
        "Alert.sequence: may now be `number`, which readers do not expect",
    ),
    "a type narrowed": (
        lambda surface: surface["models"]["accepted"]["Article"]["properties"]["title"]["anyOf"].pop(),
        "Article.title: `null` is no longer accepted",
    ),
    "a type of a list's items changed": (
        lambda surface: surface["models"]["accepted"]["Actor"]["properties"]["tags"].update(items={"type": "integer"}),
        "Actor.tags[]: `string` is no longer accepted",
    ),
    "a value may be null": (
        lambda surface: surface["models"]["written"]["Alert"]["properties"].update(
            summary={"anyOf": [{"type": "string"}, {"type": "null"}]}
        ),
        "Alert.summary: may now be `null`, which readers do not expect",
    ),
    "a value of an enumeration removed": (
        both("ActorType", lambda schema: schema["enum"].remove("vessel")),
        "ActorType: `vessel` is no longer accepted (in ",
    ),
    "a value of an enumeration added": (
        both("AlertKind", lambda schema: schema["enum"].append("reopened")),
        "AlertKind: may now be `reopened`, which readers do not know (in Alert.kind, ",
    ),
    "a required field added": (add("Rule", "owner", required=True), "Rule.owner: is now required"),
    "an optional field made required": (
        lambda surface: accepted("Article")(surface)["required"].append("title"),
        "Article.title: is now required",
    ),
    "a field that was always written is not": (
        lambda surface: surface["models"]["written"]["CoOccurrence"]["required"].remove("scope"),
        "CoOccurrence.scope: may now be missing",
    ),
    "maxLength tightened": (
        restrict("Article", "url", maxLength=100),
        "Article.url: is narrower than it was: `maxLength` was `4096`, is `100`",
    ),
    "maxLength set": (
        restrict("Article", "title", maxLength=100),
        "Article.title: is narrower than it was: `maxLength` was not set, is `100`",
    ),
    "pattern changed": (
        put("Article", "text", pattern="[a-z]"),
        r"Article.text: is narrower than it was: `pattern` was `\S`, is `[a-z]`",
    ),
    "minimum raised": (
        put("Rule", "min_stories", minimum=2),
        "Rule.min_stories: is narrower than it was: `minimum` was `1`, is `2`",
    ),
    "minimum lowered for readers": (
        put("Alert", "sequence", minimum=0),
        "Alert.sequence: is wider than it was: `minimum` was `1`, is `0`",
    ),
    "a format asked for": (
        put("Actor", "name", format="idn-hostname"),
        "Actor.name: is narrower than it was: `format` was not set, is `idn-hostname`",
    ),
    "a default changed": (
        put("Rule", "min_stories", default=2),
        "Rule.min_stories: means something else where it is left out: the default was `1`, is `2`",
    ),
    "a keyword that is not known": (
        put("Article", "text", contentEncoding="base64"),
        "Article.text: differs in `contentEncoding`, which cannot be judged",
    ),
    "a message removed": (
        lambda surface: [surface["models"][way].pop("Silence") for way in ("accepted", "written")],
        "Silence: the message is gone",
    ),
    "a topic removed": (lambda surface: surface["topics"].pop("alerts"), "topic alerts: is removed or renamed"),
    "a key changed": (
        lambda surface: surface["topics"]["alerts"].update(key="alert id"),
        "topic alerts: its key was `rule id and actor ids, joined by bars`, is `alert id`",
    ),
    "a topic no longer compacted": (
        lambda surface: surface["topics"]["alerts.state"].update(cleanup="delete"),
        "topic alerts.state: its cleanup was `compact`, is `delete`",
    ),
    "another message on a topic": (
        lambda surface: surface["topics"]["alerts"]["messages"].append("Silence"),
        "topic alerts: holds Silence, too",
    ),
    "a message no longer on a topic": (
        lambda surface: surface["topics"]["actors.cooccurrences"]["messages"].remove("Retraction"),
        "topic actors.cooccurrences: holds no Retraction any more",
    ),
    "another number of partitions": (
        lambda surface: surface.update(partitions=8),
        "topics: are created with 8 partitions; it was 4",
    ),
    "a header removed": (
        lambda surface: surface["headers"].remove("traceparent"),
        "header traceparent: is removed or renamed",
    ),
    "a header of dead letters removed": (
        lambda surface: surface["dead_letter_headers"].remove("sightline.errors.reason"),
        "header of dead letters sightline.errors.reason: is removed or renamed",
    ),
    "a metric renamed": (
        lambda surface: surface["metrics"]["alerts"].update(
            sightline_events_total=surface["metrics"]["alerts"].pop("sightline_alerts_total")
        ),
        "metric sightline_alerts_total of alerts: is removed or renamed",
    ),
    "a label removed": (
        lambda surface: surface["metrics"]["alerts"]["sightline_alerts_total"].remove("rule"),
        "metric sightline_alerts_total of alerts: lacks the label rule",
    ),
    "a setting removed": (
        lambda surface: surface["settings"].remove("SIGHTLINE_KAFKA__TOPIC_PREFIX"),
        "setting SIGHTLINE_KAFKA__TOPIC_PREFIX: is removed or renamed",
    ),
    "a golden message changed": (
        lambda surface: surface["golden"].update({"v1/Alert.json": ""}),
        "golden message v1/Alert.json: is removed or changed; add another one instead",
    ),
}

ALLOWED: dict[str, Change] = {
    "a new optional field of what users send": add("Article", "byline"),
    "a new field of what users read": add("Alert", "region"),
    "a longer text accepted": restrict("Article", "url", maxLength=8192),
    "no bound any more on what is accepted": lambda surface: bound(surface, "Article", "url").pop("maxLength"),
    "a number accepted where it was an integer": (
        lambda surface: accepted("Rule")(surface)["properties"]["min_stories"].update(type="number")
    ),
    "a tighter bound on what is written": (
        lambda surface: surface["models"]["written"]["Alert"]["properties"]["sequence"].update(minimum=2)
    ),
    "null accepted": (
        lambda surface: accepted("Article")(surface)["properties"].update(
            text={"anyOf": [accepted("Article")(surface)["properties"]["text"], {"type": "null"}]}
        )
    ),
    "another value accepted": lambda surface: accepted("AlertKind")(surface)["enum"].append("reopened"),
    "a field that may be left out": lambda surface: accepted("Rule")(surface)["required"].remove("name"),
    "a part renamed that no message shows": (
        lambda surface: [
            surface["models"].update({way: json.loads(json.dumps(models).replace("ArticleRef", "ArticleReference"))})
            for way, models in list(surface["models"].items())
        ]
    ),
    "a new topic": lambda surface: surface["topics"].update(more={"key": "", "messages": [], "cleanup": "delete"}),
    "a new header": lambda surface: surface["headers"].append("tracestate"),
    "a new metric": lambda surface: surface["metrics"]["alerts"].update(sightline_more_total=[]),
    "a new label": lambda surface: surface["metrics"]["alerts"]["sightline_alerts_total"].append("scope"),
    "a new setting": lambda surface: surface["settings"].append("SIGHTLINE_MORE"),
    "a new golden message": lambda surface: surface["golden"].update({"v2/Alert.json": ""}),
}


def changed(change: Change) -> tuple[str, ...]:
    surface = copy.deepcopy(TODAY)
    change(surface)
    assert surface != TODAY
    return find_breaks(TODAY, surface)


@pytest.mark.parametrize(("change", "sentence"), BREAKS.values(), ids=BREAKS)
def test_every_kind_of_break_is_seen_and_named(change: Change, sentence: str) -> None:
    found = changed(change)
    assert any(each.startswith(sentence) for each in found), found


@pytest.mark.parametrize("change", ALLOWED.values(), ids=ALLOWED)
def test_what_breaks_nobody_passes(change: Change) -> None:
    assert changed(change) == ()


@pytest.mark.parametrize("name", RELEASED["messages"])
@settings(max_examples=20)
@given(data=st.data())
def test_what_the_last_release_read_is_read_and_written_as_it_was(name: str, data: st.DataObject) -> None:
    """Made-up messages of the released schemas, through today's models, to readers who know the released schemas."""
    model: type[Message] = getattr(schemas, name)
    definitions = RELEASED["models"]["accepted"]
    message = data.draw(messages(definitions[name], definitions))
    try:
        read = model.model_validate_json(json.dumps(message))
    except ValidationError as error:
        # What binds fields together no schema can say, and so it cannot be made up right every time.
        if any(each["type"] != "value_error" for each in error.errors()):
            raise
        reject()
    written = {"$ref": f"#/$defs/{name}", "$defs": RELEASED["models"]["written"]}
    Draft202012Validator(written).validate(json.loads(read.model_dump_json()))
