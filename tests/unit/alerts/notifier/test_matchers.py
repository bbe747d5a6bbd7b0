import pytest

from services.alerts.notifier.labels import labels_of
from services.alerts.notifier.matchers import Matcher, Operator, parse_matcher
from tests.unit.alerts.notifier.examples import alert

LABELS = {"rule": frozenset({"same-sentence"}), "actor": frozenset({"ann", "bob"}), "empty": frozenset[str]()}


@pytest.mark.parametrize(
    ("text", "matches"),
    [
        ("rule=same-sentence", True),
        ('rule = "same-sentence"', True),
        ("rule!=same-sentence", False),
        ("actor=bob", True),  # any value
        ("actor!=bob", False),  # none may
        ("actor!=carol", True),
        ("actor=~a.*", True),
        ("actor=~an", False),  # anchored at both ends
        ("actor=~nn", False),
        ("actor=~ann|carol", True),
        ("actor!~b.*", False),
        ("actor!~c.*", True),
        ("missing=", True),  # what is not there is empty
        ("missing!=x", True),
        ("missing=~.+", False),
        ("empty=", True),
        ('rule=~"same-.*"', True),
        ('rule=~"same.sentence"', True),
        (r'rule=~"same\\-sentence"', True),
        (r'rule=~"same\-sentence"', True),
    ],
)
def test_as_alertmanager_writes_them(text: str, *, matches: bool) -> None:
    assert parse_matcher(text).matches(LABELS) is matches


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('a="with \\"quotes\\""', 'with "quotes"'),
        ('a="two\\nlines"', "two\nlines"),
        (r'a="back\\slash"', r"back\slash"),
        ("a=b=c", "b=c"),
        ("a=", ""),
        ('a=""', ""),
        ("a= spaces between ", "spaces between"),
        ("страна=by", "by"),
    ],
)
def test_values_are_read_quoted_or_not(text: str, value: str) -> None:
    assert parse_matcher(text).value == value


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "is no matcher"),
        ("rule", "is no matcher"),
        ("=x", "is no matcher"),
        ("a b=c", "is no matcher"),
        ('a="open', "double quotes"),
        ('a=half"quoted"', "double quotes"),
        ("a=~[", "no regular expression"),
    ],
)
def test_what_is_wrong_is_said(text: str, problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        parse_matcher(text)


def test_the_operator_is_read_as_a_whole() -> None:
    assert parse_matcher("a=~b") == Matcher("a", Operator.LIKE, "b")
    assert parse_matcher("a!~b") == Matcher("a", Operator.UNLIKE, "b")


def test_an_alert_has_the_labels_of_its_rule_and_those_that_all_have() -> None:
    labels = labels_of(alert(labels={"desk": "sanctions", "rule": "not-this"}, source="Wire A"))
    assert labels == {
        "desk": {"sanctions"},
        "rule": {"same-sentence"},
        "severity": {"warning"},
        "scope": {"sentence"},
        "kind": {"opened"},
        "actor": {"ann", "bob"},
        "tag": {"head-of-state", "mercenaries"},
        "country": {"by", "ru"},
        "source": {"Wire A"},
    }
