"""Exit status and words: 0 in step, 1 held or failed, 2 usage, 78 configuration."""

from __future__ import annotations

import subprocess
import sys

import pytest


def test_all_in_step_is_0(in_step):
    assert in_step.run("status").status == 0


@pytest.mark.parametrize(
    "arguments",
    [
        ["frobnicate"],
        ["sync", "--frobnicate"],
        ["why"],
        ["why", "nothing of that name"],
        ["log", "-n", "0"],
        ["apply", "absent.json"],
        ["sandbox", "folder", "--port", "many"],
    ],
)
def test_wrong_usage_is_2_and_said_in_a_line_or_two(in_step, arguments):
    done = in_step.run(*arguments)
    assert done.status == 2
    assert done.err
    assert not done.out


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ("systems: [\n", ":2:1: "),
        ("systems: {one: {connector: fodler, path: x}}\n", "“folder”"),
        ("systems: {}\nsecret: hunter2\n", ":2:1: "),
        (
            "systems: {s: {connector: caldav, url: 'http://x', user: u, password: hunter2}}\n",
            "{file",
        ),
    ],
)
def test_a_fault_of_configuration_is_78_with_its_place_and_remedy(collective, settings, said):
    collective.write("jumelage.yaml", settings)
    for command in ("check", "sync", "run", "plan"):
        done = collective.run(command)
        assert done.status == 78
        assert "jumelage.yaml:" in done.err
        assert said in done.err
        assert "hunter2" not in done.err


def test_without_settings_the_places_are_named_and_the_status_is_78(tmp_path, collective):
    done = collective.run("--config", str(tmp_path / "absent.yaml"), "check")
    assert done.status == 78
    assert "absent.yaml" in done.err


def test_a_fault_in_a_mapping_is_78_with_every_place(collective):
    collective.write("mappings/other.yaml", "kind: crad\nsides: {one: {folder: x}}\n")
    collective.write("mappings/third.yaml", "kind: card\nsidez: {}\n")
    done = collective.run("check", "--json")
    assert done.status == 78
    files = {problem["file"].rpartition("/")[2] for problem in done.data["problems"]}
    assert files == {"other.yaml", "third.yaml"}


def test_before_the_first_run_status_says_what_to_do(collective):
    done = collective.run("status")
    assert done.status == 1
    assert "jumelage sync" in done.err


def test_an_unknown_mapping_is_named_with_those_that_exist(collective):
    done = collective.run("sync", "programe")
    assert done.status == 2
    assert "programe" in done.err
    assert "programme" in done.err


def test_a_system_that_does_not_answer_is_1_and_named(collective):
    collective.write(
        "jumelage.yaml",
        """\
        systems:
          one: {connector: folder, path: ./one}
          two: {connector: folder, path: ./two}
          agenda: {connector: caldav, url: "http://127.0.0.1:9/", user: u, password: {env: P}}
        """,
    )
    collective.write(
        "mappings/events.yaml",
        "kind: event\nsides:\n  agenda: {calendar: x}\n  one: {folder: events}\n",
    )
    done = collective.run("sync", "--json", P="s3cret")
    assert done.status == 1
    assert list(done.data["failures"]) == ["events"]
    assert collective.cards("two") == ["Été.md"]
    assert collective.run("check", P="s3cret").status == 1


def test_the_command_speaks_the_language_of_the_locale(in_step):
    done = in_step.start("--help", language="fr_FR.UTF-8")
    assert "Mettre les jumelages au même pas" in done.out
    assert done.status == 0


def test_where_the_locale_names_no_language_the_settings_do(in_step):
    assert "tout est au même pas" in in_step.start("status", language="C.UTF-8").out
    done = in_step.run("status", language="C.UTF-8", JUMELAGE_LANGUAGE="en")
    assert "all in step" in done.out


@pytest.mark.parametrize(
    ("arguments", "status"), [(["status"], 0), (["frobnicate"], 2), (["--config", "x", "run"], 78)]
)
def test_a_process_ends_with_the_status_of_its_command(in_step, arguments, status):
    assert in_step.start(*arguments).status == status


def test_an_interrupt_while_code_is_made_from_a_string_ends_as_any_other(collective):
    collective.write(
        "interrupted.py",
        """\
        from importlib import import_module

        module = import_module("sync.cli.main")


        def run():
            try:
                exec("raise KeyboardInterrupt")
            except KeyboardInterrupt:
                return 130


        module.run = run
        module.main()
        """,
    )
    done = subprocess.run(
        [sys.executable, "-m", "interrupted"],
        cwd=collective.base,
        env=collective._environ("en_GB.UTF-8", {}),
        check=False,
        timeout=60,
    )
    assert done.returncode == 130


@pytest.mark.parametrize("form", ["mapping", "settings"])
def test_the_schema_of_a_file_is_json_schema(in_step, form):
    done = in_step.run("schema", form)
    assert done.status == 0
    assert done.data["$schema"].startswith("https://json-schema.org/")
    assert "systems" in done.data["properties"] or "sides" in done.data["properties"]
