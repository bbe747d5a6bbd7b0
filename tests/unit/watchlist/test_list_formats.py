"""Official lists are read into actors, whatever their format, and refused with the place that is wrong."""

import contextlib
import gzip
import json
import zipfile
from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas import Actor, ActorType
from services.core.listing import ListingError
from services.watchlist.formats import members as packed
from services.watchlist.formats.entries import countries_of, read_date, read_day
from services.watchlist.formats.members import members
from services.watchlist.formats.recognition import Format, read_lists, recognise
from tests.unit.watchlist.list_samples import (
    ADD_CSV,
    ALT_CSV,
    COMMENTS_CSV,
    EU_XML,
    FTM,
    OFAC_XML,
    OFSI_CSV,
    OWN,
    SDN_CSV,
    SENZING,
    SIMPLE_CSV,
    UN_XML,
)

Put = Callable[[str, str], Path]


@pytest.fixture
def put(tmp_path: Path) -> Put:
    def write(name: str, text: str) -> Path:
        path = tmp_path / name
        path.write_text(text, "utf-8")
        return path

    return write


def lines(*objects: object) -> str:
    return "".join(json.dumps(each, ensure_ascii=False) + "\n" for each in objects)


def only(path: Path, number: int = 0) -> Actor:
    return list(read_lists([path]))[number]


def test_ofac_xml(put: Put) -> None:
    person, aircraft = read_lists([put("sdn.xml", OFAC_XML)])
    assert person == Actor(
        id="ofac-7",
        name="Ivan IVANOV",
        type=ActorType.PERSON,
        aliases=("Ivan IVANOFF",),
        weak_aliases=("VANYA",),
        countries=("ru",),
        lists=("ofac",),
        programmes=("RUSSIA-EO14024",),
        birth_dates=("1938-05-03",),
        url="https://sanctionssearch.ofac.treas.gov/Details.aspx?id=7",
        remarks="A remark.",
    )
    assert (aircraft.name, aircraft.type) == ("EP-GOM", ActorType.AIRCRAFT)


def test_eu_xml(put: Put) -> None:
    first, second = read_lists([put("eu.xml", EU_XML)])
    assert first == Actor(
        id="eu-13",
        name="Saddam Hussein",
        type=ActorType.PERSON,
        weak_aliases=("Abu Ali",),
        countries=("iq",),
        lists=("eu",),
        programmes=("IRQ",),
        birth_dates=("1937-04-28",),
        listed_on=date(2003, 7, 8),
        amended_on=date(2003, 7, 8),
        url="http://eur-lex.europa.eu/x",
        remarks="A remark.",
    )
    assert (second.id, second.type) == ("eu-13-TAQA", ActorType.ORGANISATION)


def test_un_xml(put: Put) -> None:
    person, entity = read_lists([put("un.xml", UN_XML)])
    assert person == Actor(
        id="TAi.005",
        name="MUHAMMAD TAHER ANWARI",
        type=ActorType.PERSON,
        aliases=("محمد طاهر أنوري", "Mohammad Taher Anwari"),
        weak_aliases=("Haji Mudir",),
        countries=("af",),
        lists=("un",),
        programmes=("Taliban",),
        birth_dates=("1961",),
        listed_on=date(2001, 2, 23),
        amended_on=date(2011, 11, 29),
    )
    assert (entity.id, entity.type) == ("QDe.069", ActorType.ORGANISATION)


def test_ofsi_csv_gathers_the_rows_of_an_entry(put: Put) -> None:
    person, entity = read_lists([put("ConList.csv", OFSI_CSV)])
    assert person == Actor(
        id="ofsi-12510",
        name="Fayssal ABBAS",
        type=ActorType.PERSON,
        aliases=("Faysal ABBAS",),
        countries=("sy",),
        lists=("uk",),
        programmes=("Syria",),
        birth_dates=("1955", "1955-08-17"),
        listed_on=date(2012, 2, 28),
        amended_on=date(2013, 5, 31),
        remarks="Former Minister",
    )
    assert (entity.name, entity.countries) == ("3MG", ("ir",))


def test_ofac_csv_puts_its_files_together_in_any_order(put: Put) -> None:
    paths = [put(name, text) for name, text in (("1", COMMENTS_CSV), ("2", ADD_CSV), ("3", SDN_CSV), ("4", ALT_CSV))]
    assert list(read_lists(paths)) == [
        Actor(
            id="ofac-7",
            name="Ivan IVANOV",
            type=ActorType.PERSON,
            aliases=("Ivan IVANOFF",),
            weak_aliases=("VANYA",),
            countries=("ru", "by"),
            lists=("ofac",),
            programmes=("RUSSIA-EO14024", "SDGT"),
            birth_dates=("1938-05-03",),
            url="https://sanctionssearch.ofac.treas.gov/Details.aspx?id=7",
            remarks="DOB 03 May 1938; nationality Russia; a.k.a. 'VANYA'; Linked To: SOMEBODY.",
        )
    ]


def test_follow_the_money_takes_sanctions_to_whom_they_are_about(put: Put) -> None:
    assert list(read_lists([put("entities.ftm.json", lines(*FTM))])) == [
        Actor(
            id="p1",
            name="Ivan Ivanov",
            type=ActorType.PERSON,
            aliases=("Иван Иванов",),
            weak_aliases=("Vanya",),
            countries=("ru",),
            lists=("eu_fsf",),
            programmes=("RUS",),
            birth_dates=("1938-05-03",),
            listed_on=date(2022, 2, 25),
            amended_on=date(2024, 3, 14),
        )
    ]


def test_senzing_simple_csv_and_our_own(put: Put) -> None:
    senzing = only(put("senzing.json", lines(SENZING, {**SENZING, "RECORD_TYPE": None})))
    assert (senzing.name, senzing.aliases, senzing.countries) == ("Jennifer McClellan", ("Jen",), ("us",))
    assert (senzing.birth_dates, senzing.programmes, senzing.lists) == (("1972",), ("role.pep",), ("os-us-congress",))
    (simple,) = read_lists([put("targets.simple.csv", SIMPLE_CSV)])
    assert (simple.aliases, simple.countries) == (("Hariri", "Doe; John"), ("fr", "lb"))
    assert only(put("own.jsonl", lines(OWN))) == Actor.model_validate(OWN)
    assert only(
        put("own.yaml", "# ours\nactors:\n- {id: a, name: A B, type: company, tags: [mine]}\n")
    ) == Actor.model_validate(OWN)


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("a.jsonl", '{"id": "a", "name": "A", "tags": ["\\ud800"]}\n', "line 1: not readable as JSON"),
        (
            "a.yaml",
            'actors:\n- {id: a, name: A, tags: ["\\ud800"]}\n',
            "line 2: not readable as YAML: a lone surrogate",
        ),
        ("a.yaml", "actors:\n- " + "[" * 2_000, "not readable as YAML: nested too deeply"),
    ],
)
def test_what_could_not_be_written_or_read_whole_is_refused(put: Put, name: str, text: str, told: str) -> None:
    with pytest.raises(ListingError, match=told):
        only(put(name, text))


def test_lone_surrogates_as_bytes_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'{"id": "a", "name": "A \xed\xa0\x80", "type": "person"}\n')
    with pytest.raises(ListingError, match="line 1: not readable as JSON"):
        only(path)


def test_characters_beyond_the_first_plane_may_be_escaped(put: Put) -> None:
    assert only(put("a.jsonl", '{"id": "a", "name": "A \\ud83d\\ude00", "type": "person"}\n')).name == "A 😀"


def test_a_line_break_in_a_field_is_a_space(put: Put) -> None:
    broken = SIMPLE_CSV.replace('"Hariri;', '"Saad\r\nHariri;')
    (actor,) = read_lists([put("targets.simple.csv", broken)])
    assert actor.aliases == ("Doe; John",)  # the other is the name itself


def test_what_is_packed_is_read(put: Put, tmp_path: Path) -> None:
    zipped, gzipped = tmp_path / "ofac.zip", tmp_path / "sdn.xml.gz"
    with zipfile.ZipFile(zipped, "w") as archive:
        archive.writestr("sdn.csv", SDN_CSV)
        archive.writestr("folder/alt.csv", ALT_CSV)
    gzipped.write_bytes(gzip.compress(OFAC_XML.encode()))
    assert only(zipped).aliases == ("Ivan IVANOFF",)
    assert only(gzipped).name == "Ivan IVANOV"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "is empty"),
        ("<!DOCTYPE html><html><body>404</body></html>", "is a web page, not a list"),
        ("<something/>", "has no format that is known"),
        ('{"op":"ADD","entity":{"id":"a","schema":"Person","properties":{}}}\n', "has no format that is known"),
        (OFAC_XML[:900], "line 15: not readable as XML"),
        (OFAC_XML.replace("<uid>7</uid>", ""), "line 4: entry ``, id: "),
        (OFAC_XML.replace("IVANOV", "").replace("Ivan", ""), "line 4: entry `ofac-7`, name: "),
        (OFAC_XML.replace("<uid>8<", "<uid>7<"), "id `ofac-7` (EP-GOM) stands there twice"),
        (OFAC_XML.replace("sdnEntry", "sdnEntries"), "holds nobody"),
        (OFAC_XML.replace("IVANOV", "I" * 10_000_001), "not readable as XML"),
        (OFAC_XML.replace("IVANOV", "I" * 1001), "name: "),
        (OFSI_CSV.replace("Alias Type", "Kind"), "line 2: has no column `Alias Type`"),
        (OFSI_CSV + "ABBAS,Fayssal\n", "line 6: 2 fields where the header has 12"),
        (SDN_CSV[:-1] + "8,A\r\n", "line 2: 2 fields where there should be 12"),
        (ALT_CSV, "says more of entries of `sdn.csv`, which is absent"),
        (lines(*FTM)[:-10], "line 3: not readable as JSON"),
        (lines(FTM[1]) + "[]\n", "line 2: is no JSON object"),
        (lines(OWN, {**OWN, "id": "b", "alias": []}), "line 2: alias: no such field"),
        (lines({**OWN, "type": "robot"}), "line 1: entry `a`, type: "),
        ("actors:\n- {id: a, name: A, type: robot}\n", "line 2: type: "),
        ("PK\x03\x04 and nothing else", "cannot be unpacked"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(put: Put, text: str, problem: str) -> None:
    with pytest.raises(ListingError) as raised:
        list(read_lists([put("list", text)]))
    assert str(raised.value).startswith(str(put("list", text).parent))
    assert problem in str(raised.value)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=4,
)


@pytest.mark.parametrize("template", [*FTM[:2], SENZING, OWN], ids=lambda each: str(each.get("schema", each.get("id"))))
@given(data=st.data())
def test_json_of_any_shape_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, template: dict[str, object], data: st.DataObject
) -> None:
    key = data.draw(st.sampled_from(sorted(template)))
    changed = {**template, key: data.draw(VALUES)}
    inner = template[key]
    if isinstance(inner, dict):
        changed[key] = {**inner, data.draw(st.sampled_from(sorted(inner))): data.draw(VALUES)}
    path = tmp_path_factory.mktemp("any") / "list.jsonl"
    path.write_text(lines(template, changed), "utf-8")
    with contextlib.suppress(ListingError):
        assert all(actor.model_dump_json() for actor in read_lists([path]))


def test_entities_are_not_expanded_and_no_other_file_is_read(put: Put, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("SECRET", "utf-8")
    bomb = '<!DOCTYPE sdnList [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">%s]>'
    for declared, used in ((bomb % "", "&b;"), (bomb % f'<!ENTITY x SYSTEM "{tmp_path}/secret">', "&x;")):
        text = OFAC_XML.replace("<sdnList", declared + "<sdnList", 1).replace("IVANOV", used)
        with pytest.raises(ListingError, match="declares a document type"):
            list(read_lists([put("list", text)]))


def test_what_is_cut_short_or_grows_without_bound_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "sdn.xml.gz"
    path.write_bytes(gzip.compress(OFAC_XML.encode())[:-20])
    with pytest.raises(ListingError, match="cannot be unpacked"):
        list(read_lists([path]))
    path.write_bytes(gzip.compress(OFAC_XML.encode()))
    monkeypatch.setattr(packed, "MAX_BYTES", 900)
    with pytest.raises(ListingError, match="more than 900 bytes when unpacked"):
        list(read_lists([path]))
    with pytest.raises(ListingError, match="cannot be read"):
        list(read_lists([tmp_path / "absent"]))


def test_control_characters_and_windows_letters_are_read(tmp_path: Path) -> None:
    path = tmp_path / "ConList.csv"
    path.write_bytes(OFSI_CSV.replace("ABBAS", "ABB\x07\u00c1S\u2019").encode("cp1252"))
    assert only(path).name == "Fayssal ABB \u00c1S\u2019"


@pytest.mark.parametrize(
    ("said", "date_read"),
    [
        ("03 May 1938", "1938-05-03"),
        ("1 September 1950", "1950-09-01"),
        ("Aug 1954", "1954-08"),
        ("circa 1961", "1961"),
        ("1961 to 1963", "1961"),
        ("17/08/1957", "1957-08-17"),
        ("00/08/1957", "1957-08"),
        ("00/00/1955", "1955"),
        ("1937-04-28", "1937-04-28"),
        ("1937-04", "1937-04"),
        ("2024-03-10T15:36:30", "2024-03-10"),
        ("31 Feb 1938", "1938"),
        ("unknown", None),
        ("", None),
    ],
)
def test_dates_are_read_as_exactly_as_they_are_said(said: str, date_read: str | None) -> None:
    assert read_date(said) == date_read
    assert read_day(said) == (date.fromisoformat(date_read) if date_read and len(date_read) == 10 else None)


def test_countries_are_known_by_name_adjective_and_code() -> None:
    assert countries_of(["Cuba", "Indonesian", "(1)-(2) Indonesia", "IQ", "Atlantis", None, ""]) == ("cu", "id", "iq")


@pytest.mark.parametrize(
    ("folder", "name", "form"),
    [
        ("ofac_sdn_2024-05", "ofac_sdn_2024-05", Format.OFAC_XML),
        ("ofac_consolidated_nonsdn_2024-05", "ofac_consolidated_nonsdn_2024-05", Format.OFAC_XML),
        ("ofac_sdn_csv_2019-01", "ofac_sdn_csv_2019-01", Format.OFAC_CSV),
        ("ofac_sdn_csv_2021-07", "ofac_sdn_csv_2021-07", Format.OFAC_CSV),
        ("eu_fsf_2024-05", "eu_fsf_2024-05", Format.EU_XML),
        ("un_2024-05", "un_2024-05", Format.UN_XML),
        ("uk_ofsi_2014-04", "uk_ofsi_2014-04", Format.OFSI_CSV),
        ("ftm_juditha_eu_authorities", "ftm_eu_authorities", Format.FTM),
    ],
)
def test_real_lists_have_everybody_and_every_name(shared_data: Path, folder: str, name: str, form: Format) -> None:
    """The yardstick was written from the same files by another program: one entity a line, names as they stand."""
    lists = shared_data / "watchlists"
    with gzip.open(lists / "uniform" / f"{name}.jsonl.gz", "rt", encoding="utf-8") as file:
        entities = [json.loads(line) for line in file]
    actors = list(read_lists([lists / folder]))
    assert form in {recognise(member) for member in members(lists / folder)}
    assert len(actors) == len(entities)
    assert Counter(actor.type is ActorType.PERSON for actor in actors) == Counter(
        entity["type"] == "individual" for entity in entities
    )
    for actor, entity in zip(actors, entities, strict=True):
        wanted = {" ".join(said.split()) for said in (entity["name"], *entity["aliases"])}
        names = {actor.name, *actor.aliases, *actor.weak_aliases}
        if form is Format.OFAC_CSV:  # there the yardstick has neither turned names about nor read the remarks
            names -= set(actor.weak_aliases)
            wanted, names = (
                {" ".join(sorted(said.replace(",", " ").split())) for said in each} for each in (wanted, names)
            )
            assert names <= wanted, actor.id
            assert wanted - names <= {" ".join(sorted(said.split())) for said in actor.weak_aliases}, actor.id
        else:
            assert names == wanted, actor.id
        assert {" ".join(said.split()) for said in entity["weak_aliases"]} <= {
            *actor.weak_aliases,
            actor.name,
            *actor.aliases,
        }
