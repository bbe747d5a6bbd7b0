"""Keys of the HTTP API: only their hashes are kept."""

import hashlib
import re

import pytest
from pydantic import SecretStr, ValidationError
from typer.testing import CliRunner

from services.cli.app import create_cli
from services.core.settings import IngestSettings
from services.ingest.keys import hash_key, keys_of, make_key, name_of


def test_a_key_is_known_by_its_hash() -> None:
    desk, wire = make_key(), make_key()
    settings = IngestSettings(api_keys=(hash_key("desk", desk).setting, hash_key("wire", wire).setting))
    keys = keys_of(settings)
    assert [name_of(key.encode(), keys) for key in (desk, wire)] == ["desk", "wire"]
    assert desk not in settings.model_dump_json()
    assert all(name_of(wrong, keys) is None for wrong in (b"", desk[:-1].encode(), desk.encode() + b"x", b"\xff"))
    assert keys[0].digest == hashlib.sha256(desk.encode()).digest()


def test_a_key_as_it_is_counts_too() -> None:
    keys = keys_of(IngestSettings(api_key=SecretStr("s3cret")))
    assert (name_of(b"s3cret", keys), name_of(b"other", keys)) == ("default", None)
    assert keys_of(IngestSettings()) == ()


def test_a_key_is_random_and_marked() -> None:
    keys = {make_key() for _ in range(100)}
    assert len(keys) == 100
    assert all(re.fullmatch(r"sightline_[A-Za-z0-9_-]{43}", key) for key in keys)  # 256 bits


@pytest.mark.parametrize("wrong", ["desk", "desk:sha256:12", f"a b:sha256:{'0' * 64}", f"desk:sha1:{'0' * 64}"])
def test_a_setting_that_is_no_hash_is_refused_without_being_shown(wrong: str) -> None:
    with pytest.raises(ValidationError, match="entry 1 is not name:sha256:hash") as refused:
        IngestSettings(api_keys=(wrong,))
    assert wrong not in refused.value.errors(include_input=False)[0]["msg"]


def test_two_keys_of_one_name_are_refused() -> None:
    with pytest.raises(ValidationError, match="two entries have one name"):
        IngestSettings(api_keys=(hash_key("a", "x").setting, hash_key("a", "y").setting))


def test_the_command_prints_a_key_and_what_is_kept_of_it() -> None:
    printed = CliRunner().invoke(create_cli(), ["api-key", "desk"]).output
    key = re.search(r"key +(\S+)", printed)
    setting = re.search(r"SIGHTLINE_INGEST__API_KEYS=(\S+)", printed)
    assert key
    assert setting
    assert name_of(key[1].encode(), keys_of(IngestSettings(api_keys=(setting[1],)))) == "desk"
    assert CliRunner().invoke(create_cli(), ["api-key", "a b"]).exit_code != 0
