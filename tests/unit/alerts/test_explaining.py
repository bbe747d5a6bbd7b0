"""Each of a thousand real events can be decided anew from itself alone."""

import gzip
import json
from datetime import datetime
from itertools import islice
from pathlib import Path

import pytest

from schemas import Alert, IdentifiedArticle, Rule, Scope
from services.alerts.explaining import explain_event
from services.extraction.pipeline import load_extractor
from services.watchlist.file import read_watchlist
from tests.conftest import CHECKOUT
from tests.unit.alerts.test_alert_book import Desk

RULES = [
    Rule(id="near", name="Near", scope=Scope.PARAGRAPH),
    Rule(id="far", name="Far", scope=Scope.ARTICLE, min_stories=2, resolve_after="3650d"),
    Rule(id="three", name="Three", scope=Scope.ARTICLE, all_of=[{}, {}, {"types": ["state"]}]),
    Rule(id="sanctions", name="Sanctions", sanctions={"statuses": ["imposed", "proposed", "maintained"]}),
]
WATCHED = ("Russia", "China", "Ukraine", "Iran", "Belarus", "Israel", "Germany", "Japan", "India", "Poland")


@pytest.mark.timeout(300)
def test_a_thousand_real_events_explain_themselves(shared_data: Path, tmp_path: Path) -> None:
    listed = (CHECKOUT / "seeds" / "watchlist.yaml").read_text("utf-8")
    states = "".join(f"- {{id: {name.lower()}, name: {name}, type: state}}\n" for name in WATCHED)
    (tmp_path / "watchlist.yaml").write_text(listed + "\n" + states)
    extractor = load_extractor(read_watchlist(tmp_path / "watchlist.yaml"), only_relevant=True)
    desk, events = Desk(RULES), list[Alert]()
    with gzip.open(shared_data / "news" / "wh_briefings_2021_2023.jsonl.gz", "rt", encoding="utf-8") as lines:
        for row in map(json.loads, islice(lines, 0, None, 3)):
            published = datetime.fromisoformat(row["published"])
            text = row["text"][:3000]
            article = IdentifiedArticle(id=row["id"], title=row["title"], text=text, published_at=published)
            for cooccurrence in extractor.extract(article).cooccurrences:
                events += desk.do(cooccurrence, len(events) * 0.001)
            if len(events) >= 1000:
                break
    assert len(events) >= 1000
    wrong = [explanation.as_text() for event in events if not (explanation := explain_event(event)).agrees]
    assert wrong == []
    assert {event.rule.id for event in events} == {rule.id for rule in RULES}
