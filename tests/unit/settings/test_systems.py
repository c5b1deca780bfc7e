"""Systems: connectors found by name, secrets read from outside, nothing secret shown."""

from __future__ import annotations

import pytest

from sync.mapping.problem import Faulty
from sync.settings import load, open_systems


def opened(path, environ=None):
    return open_systems(load(path), environ or {})


def faults(path, environ=None):
    with pytest.raises(Faulty) as caught:
        opened(path, environ)
    return str(caught.value).splitlines()


def system(password, **more: str):
    rest = "".join(f", {key}: {value}" for key, value in more.items())
    return f"systems:\n  safe: {{connector: vault, url: http://x, password: {password}{rest}}}\n"


def test_a_secret_is_read_from_a_variable(write):
    systems = opened(write(system("{env: SAFE}")), {"SAFE": "s3cret"})
    assert systems.by_name["safe"].settings.password.get_secret_value() == "s3cret"
    assert systems.secrets == {"s3cret"}


def test_a_secret_is_read_from_a_file_beside_the_settings_without_its_line_end(write, tmp_path):
    secret = tmp_path / "safe.secret"
    secret.write_text("s3cret \n")
    secret.chmod(0o600)
    systems = opened(write(system("{file: safe.secret}")))
    assert systems.by_name["safe"].settings.password.get_secret_value() == "s3cret "
    assert not systems.warnings


def test_a_secret_is_read_from_the_credentials_that_systemd_hands_over(write, tmp_path):
    (tmp_path / "safe").write_text("s3cret")
    systems = opened(write(system("{credential: safe}")), {"CREDENTIALS_DIRECTORY": str(tmp_path)})
    assert systems.by_name["safe"].settings.password.get_secret_value() == "s3cret"


def test_a_secret_file_that_everybody_can_read_is_warned_of(write, tmp_path):
    secret = tmp_path / "safe.secret"
    secret.write_text("s3cret")
    secret.chmod(0o644)
    (warning,) = opened(write(system("{file: safe.secret}"))).warnings
    assert f"chmod 600 {secret}" in warning


def test_a_secret_in_plain_is_refused_with_the_remedy_and_not_shown(write):
    (fault,) = faults(write(system("hunter2")))
    assert ":2:" in fault
    assert "{credential: NAME}" in fault
    assert "hunter2" not in fault


def test_a_number_as_secret_is_refused_too(write):
    (fault,) = faults(write(system("12345")))
    assert "12345" not in fault


@pytest.mark.parametrize(
    ("reference", "said"),
    [
        ("{env: ABSENT}", "ABSENT"),
        ("{file: absent.secret}", "absent.secret"),
        ("{file: empty.secret}", "empty.secret"),
        ("{credential: absent}", "LoadCredential=absent"),
        ("{credential: ../etc/passwd}", "passwd"),
        ("{env: }", "env"),
        ("{env: 5}", "env"),
    ],
)
def test_a_secret_that_is_not_there_is_a_fault_with_a_remedy(write, tmp_path, reference, said):
    (tmp_path / "empty.secret").write_text("\n")
    (fault,) = faults(write(system(reference)), {"CREDENTIALS_DIRECTORY": str(tmp_path)})
    assert said in fault
    assert " — " in fault


def test_without_credentials_directory_the_unit_is_pointed_to(write):
    (fault,) = faults(write(system("{credential: safe}")))
    assert "LoadCredential=safe" in fault


def test_a_secret_file_that_cannot_be_read_says_why(write, tmp_path):
    (tmp_path / "safe.secret").mkdir()
    assert "Is a directory" in faults(write(system("{file: safe.secret}")))[0]


def test_a_setting_that_is_no_secret_may_be_kept_outside_too(write):
    text = "systems:\n  safe: {connector: vault, url: {env: URL}, password: {env: SAFE}}\n"
    systems = opened(write(text), {"SAFE": "s3cret", "URL": "http://y"})
    assert systems.by_name["safe"].settings.url == "http://y"


def test_an_optional_secret_may_be_left_out(write):
    systems = opened(write(system("{env: SAFE}", token="~")), {"SAFE": "s3cret"})
    assert systems.by_name["safe"].settings.token is None


def test_the_faults_of_every_system_are_told_at_once(write):
    text = """\
    systems:
      one: {connector: valt, url: http://x}
      two: {connector: vault, url: http://x, password: {env: SAFE}, retry: 1}
      three: {connector: vault, url: http://x, password: {env: SAFE}, retries: many}
      four: {connector: vault, password: {env: SAFE}}
    """
    one, two, three, four = faults(write(text), {"SAFE": "s3cret"})
    assert ":2:20:" in one
    assert "vault" in one
    assert ":3:65:" in two
    assert "retries" in two
    assert ":4:76:" in three
    assert ":5:9:" in four
    assert "url" in four


def test_a_system_without_connector_is_a_fault_of_the_file(write):
    with pytest.raises(Faulty, match="connector"):
        load(write("systems: {safe: {url: http://x}}\n"))


def test_a_connector_that_is_broken_is_named(write):
    (fault,) = faults(write("systems: {safe: {connector: broken}}\n"))
    assert "no Absent" in fault


def test_something_registered_that_is_no_connector_is_named(write):
    (fault,) = faults(write("systems: {safe: {connector: odd}}\n"))
    assert "odd" in fault


def test_secrets_stand_in_no_representation(write):
    systems = opened(write(system("{env: SAFE}")), {"SAFE": "s3cret"})
    assert "s3cret" not in repr(systems)
