"""Settings: what a file and the environment say, and every fault in them at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from sync.errors import ConfigError
from sync.mapping.problem import Faulty
from sync.settings import find, load

SMALLEST = "systems: {}\n"


def faults(path):
    with pytest.raises(Faulty) as caught:
        load(path)
    return str(caught.value).splitlines()


def test_what_is_not_said_has_a_default_beside_the_file(write, tmp_path):
    settings = load(write(SMALLEST))
    assert settings.store == f"sqlite:///{tmp_path}/state.db"
    assert settings.mappings == tmp_path / "mappings"
    assert settings.people == tmp_path / "people.yaml"
    assert (settings.timezone, settings.language) == ("Europe/Paris", "fr")


def test_relative_paths_count_from_the_file_that_names_them(write, tmp_path, monkeypatch):
    file = write(SMALLEST + "store: sqlite:///var/x.db\nmappings: ../shared\npeople: who.yaml\n")
    monkeypatch.chdir("/")
    settings = load(file)
    assert settings.store == f"sqlite:///{tmp_path}/var/x.db"
    assert settings.mappings == tmp_path / "../shared"
    assert settings.people == tmp_path / "who.yaml"


def test_an_absolute_path_stays_as_it_is(write):
    assert load(write(SMALLEST + "store: sqlite:////srv/x.db\n")).store == "sqlite:////srv/x.db"


def test_the_environment_goes_before_the_file(write, monkeypatch):
    monkeypatch.setenv("JUMELAGE_TIMEZONE", "Pacific/Auckland")
    monkeypatch.setenv("JUMELAGE_LANGUAGE", "en")
    settings = load(write(SMALLEST + "timezone: Europe/Brussels\nlanguage: fr\n"))
    assert (settings.timezone, settings.language) == ("Pacific/Auckland", "en")


def test_an_empty_variable_says_nothing(write, monkeypatch):
    monkeypatch.setenv("JUMELAGE_TIMEZONE", "")
    assert load(write(SMALLEST)).timezone == "Europe/Paris"


def test_relative_paths_of_the_environment_count_from_the_current_folder(
    write, tmp_path, monkeypatch
):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    monkeypatch.setenv("JUMELAGE_STORE", "sqlite:///mine.db")
    monkeypatch.setenv("JUMELAGE_MAPPINGS", "maps")
    settings = load(write(SMALLEST))
    assert settings.store == f"sqlite:///{elsewhere}/mine.db"
    assert settings.mappings == elsewhere / "maps"


def test_the_environment_sets_one_key_of_a_system(write, monkeypatch):
    monkeypatch.setenv("JUMELAGE_SYSTEMS__SAFE__URL", "http://elsewhere")
    settings = load(write("systems: {safe: {connector: vault, url: http://here, retries: 1}}\n"))
    assert settings.source.data["systems"]["safe"] == {
        "connector": "vault",
        "url": "http://elsewhere",
        "retries": 1,
    }


def test_a_faulty_variable_is_named_with_the_remedy(write, monkeypatch):
    monkeypatch.setenv("JUMELAGE_TIMEZONE", "Mars/Phobos")
    with pytest.raises(ConfigError, match=r"JUMELAGE_TIMEZONE: .*Mars/Phobos.* — .*Europe/Paris"):
        load(write(SMALLEST))


def test_every_fault_is_told_at_once_with_its_place(write):
    file = write(
        """\
        systems: {}
        timezne: Europe/Paris
        timezone: Mars/Phobos
        store: mysql://server/x
        """
    )
    first, second, third = faults(file)
    assert first.startswith(f"{file}:2:1:")
    assert "timezone" in first
    assert second.startswith(f"{file}:3:11:")
    assert "Europe/Paris" in second
    assert third.startswith(f"{file}:4:8:")
    assert "sqlite:///" in third


def test_the_password_in_an_address_of_a_store_is_not_shown(write):
    assert "hunter2" not in "".join(faults(write(SMALLEST + "store: mysql://me:hunter2@host/x\n")))


def test_a_file_without_systems_is_told_what_is_missing(write):
    assert "systems" in faults(write("timezone: Europe/Paris\n"))[0]


def test_a_key_given_twice_is_a_fault_even_where_the_rest_is_right(write):
    assert ":3:1:" in faults(write(SMALLEST + "language: fr\nlanguage: en\n"))[0]


def test_a_file_that_is_not_there_is_a_fault_of_configuration(tmp_path):
    assert "absent.yaml" in faults(tmp_path / "absent.yaml")[0]


def test_a_list_where_settings_should_be_is_a_fault(write):
    assert faults(write("- systems\n"))


def test_the_file_that_is_named_goes_before_all_others(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("jumelage.yaml").touch()
    assert find(Path("mine.yaml"), {"JUMELAGE_CONFIG": "other.yaml"}) == tmp_path / "mine.yaml"
    assert find(None, {"JUMELAGE_CONFIG": "other.yaml"}) == tmp_path / "other.yaml"
    assert find(None, {}) == tmp_path / "jumelage.yaml"


def test_where_no_settings_are_found_the_places_are_named(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sync.settings.loading.PLACES", (Path("here.yaml"), Path("there.yaml")))
    with pytest.raises(ConfigError, match=r"here\.yaml, there\.yaml.*--config"):
        find(None, {})
