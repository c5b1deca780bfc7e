"""The unit in a real systemd: started, in step, stopped; its hardening measured."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
UNIT = ROOT / "systemd/jumelage.service"
PYTHON = "/usr/bin/python3"
EXPOSURE = 2.0
"""The most that `systemd-analyze security` may find, of 10."""

LAB = """\
[Unit]
Description=What the test does
Requires=basic.target
After=basic.target
SuccessAction=poweroff
FailureAction=poweroff

[Service]
Type=oneshot
ExecStart=/bin/sh /app/lab.sh
TimeoutStartSec=120
"""

SCRIPT = """\
exec >/out/lab.log 2>&1
set -x
install -d /etc/jumelage/mappings /etc/jumelage/secrets
cp /app/jumelage.yaml /etc/jumelage/
cp /app/mappings/*.yaml /etc/jumelage/mappings/
install -m 0600 /app/secret /etc/jumelage/secrets/agenda
install -d /var/lib/private/jumelage/one/cards /var/lib/private/jumelage/two/cards
cp /app/Première.md /var/lib/private/jumelage/one/cards/
systemctl start jumelage; echo $? >/out/started
for turn in $(seq 150); do
    grep -qs Bonjour /var/lib/private/jumelage/two/cards/*.md && break
    sleep 0.2
done
cat /var/lib/private/jumelage/two/cards/*.md >/out/card.md
sleep 3
systemctl show jumelage -p ActiveState -p StatusText -p DynamicUser >/out/running
JUMELAGE_STORE=sqlite:////var/lib/jumelage/state.db /app/bin/jumelage \\
    --config /etc/jumelage/jumelage.yaml status --json >/out/status.json
date +%s.%N >/out/stopping
systemctl stop jumelage
date +%s.%N >/out/stopped
systemctl show jumelage -p ActiveState -p Result -p ExecMainStatus >/out/ended
journalctl -u jumelage -o cat >/out/journal
"""

SETTINGS = """\
systems:
  one: {connector: folder, path: /var/lib/jumelage/one}
  two: {connector: folder, path: /var/lib/jumelage/two}
  agenda: {connector: caldav, url: "http://127.0.0.1:9/", user: sync, password: {credential: agenda}}
"""

WORKS = "kind: card\nsides:\n  one: {folder: cards}\n  two: {folder: cards}\nevery: 2 s\n"
BROKEN = """\
kind: event
sides:
  agenda: {calendar: programme}
  notes: {use: one, folder: events}
"""


def _lacking():
    if os.geteuid() != 0:
        return "only root can start a container"
    if not shutil.which("systemd-nspawn"):
        return "apt-get install systemd-container"
    if not Path(PYTHON).exists():
        return f"{PYTHON} is not there"
    ours = f"{sys.version_info.major}.{sys.version_info.minor}"
    asked = [PYTHON, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"]
    theirs = subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip()
    return None if ours == theirs else f"{PYTHON} is {theirs}, the packages are for {ours}"


def _unit():
    """The unit as delivered, but for where the application lies and one credential."""
    text = UNIT.read_text().replace("/opt/jumelage/bin", "/app/bin")
    return text.replace("#LoadCredential=cloud:", "LoadCredential=agenda:").replace(
        "secrets/cloud", "secrets/agenda"
    )


@pytest.fixture(scope="module")
def out(tmp_path_factory):
    """What the container left behind after starting and stopping the unit."""
    if reason := _lacking():
        pytest.skip(reason)
    base = tmp_path_factory.mktemp("nspawn")
    app, units, left = base / "app", base / "units", base / "out"
    for folder in (app / "bin", app / "mappings", units, left):
        folder.mkdir(parents=True)
    base.chmod(0o755)
    site = Path(pytest.__file__).resolve().parents[1]
    starter = app / "bin/jumelage"
    starter.write_text(
        f'#!/bin/sh\nPYTHONPATH=/src:/site exec {PYTHON} -m sync.cli "$@"\n', encoding="utf-8"
    )
    starter.chmod(0o755)
    (app / "lab.sh").write_text(SCRIPT)
    (app / "jumelage.yaml").write_text(SETTINGS)
    (app / "mappings/works.yaml").write_text(WORKS)
    (app / "mappings/broken.yaml").write_text(BROKEN)
    (app / "secret").write_text("s3cret-of-the-agenda")
    (app / "Première.md").write_text("Bonjour\n")
    (units / "jumelage.service").write_text(_unit())
    (units / "lab.service").write_text(LAB)
    (units / "lab.target").write_text("[Unit]\nRequires=lab.service\nAfter=lab.service\n")
    # A container with loopback alone never is online.
    (units / "systemd-networkd-wait-online.service").symlink_to("/dev/null")
    command = [
        "systemd-nspawn", "--quiet", "-D", "/", "--volatile=yes", "--register=no", "--keep-unit",
        "--private-network", f"--machine=jumelage-{os.getpid()}", "--console=pipe",
        f"--bind-ro={units}:/run/systemd/system", f"--bind-ro={app}:/app",
        f"--bind-ro={ROOT}:/src", f"--bind-ro={site}:/site", f"--bind={left}:/out",
        "-b", "systemd.unit=lab.target", "systemd.firstboot=off",
    ]  # fmt: skip
    done = subprocess.run(
        command, capture_output=True, stdin=subprocess.DEVNULL, timeout=240, check=False
    )
    assert (left / "journal").exists(), done.stdout[-3000:] + done.stderr[-3000:]
    return left


def test_systemd_is_told_that_it_is_ready(out):
    assert (out / "started").read_text().strip() == "0", (out / "journal").read_text()
    running = (out / "running").read_text()
    assert "ActiveState=active" in running
    assert "DynamicUser=yes" in running


def test_what_can_be_kept_in_step_is_though_another_system_does_not_answer(out):
    assert "Bonjour" in (out / "card.md").read_text()
    assert "1 waiting" in (out / "running").read_text().replace("en attente", "waiting")


def test_the_status_can_be_asked_beside_the_daemon(out):
    assert '"last_run"' in (out / "status.json").read_text()


def test_it_stops_in_good_order_within_ten_seconds(out):
    took = float((out / "stopped").read_text()) - float((out / "stopping").read_text())
    ended = (out / "ended").read_text()
    assert took < 10
    assert "Result=success" in ended
    assert "ExecMainStatus=0" in ended


def test_the_journal_holds_json_and_no_secret(out):
    journal = (out / "journal").read_text()
    assert re.search(r'^\{.*"event": "daemon_started"', journal, re.MULTILINE)
    assert re.search(r'^\{.*"event": "daemon_stopped"', journal, re.MULTILINE)
    assert "s3cret" not in journal


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="needs systemd-analyze")
def test_the_unit_is_hardened(tmp_path):
    unit = tmp_path / "jumelage.service"
    unit.write_text(_unit())
    done = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--no-pager", str(unit)],
        capture_output=True,
        text=True,
        check=False,
    )
    found = re.search(r"Overall exposure level for jumelage\.service: ([\d.]+)", done.stdout)
    assert found, done.stdout + done.stderr
    assert float(found[1]) <= EXPOSURE, done.stdout


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="needs systemd-analyze")
def test_systemd_knows_every_word_of_the_unit(tmp_path):
    unit = tmp_path / "jumelage.service"
    unit.write_text(UNIT.read_text().replace("/opt/jumelage/bin/jumelage", "/bin/true"))
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(unit)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
