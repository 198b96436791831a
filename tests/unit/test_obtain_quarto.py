"""The set-up tries for Quarto once and says in one line what came of it."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from policyreport.publishing.renderers import obtain_quarto


class Done:
    def __init__(self, returncode: int) -> None:
        self.returncode = returncode


def test_a_quarto_on_the_path_is_taken_without_installing_anything(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(obtain_quarto, "find_program", lambda: "/somewhere/bin/quarto")
    monkeypatch.setattr(obtain_quarto, "run_program", lambda *_: pytest.fail("nothing is to be installed"))
    assert obtain_quarto.obtain() == "Quarto found (quarto): it renders the report."


def test_without_quarto_its_package_is_tried_once_and_the_failure_is_one_line(monkeypatch: pytest.MonkeyPatch):
    tried: list[list[str]] = []
    monkeypatch.setattr(obtain_quarto, "find_program", lambda: None)
    monkeypatch.setattr(obtain_quarto, "run_program", lambda command, _: tried.append(command) or Done(1))
    line = obtain_quarto.obtain()
    assert "is not available here" in line
    assert "\n" not in line
    assert [command[-3:] for command in tried] == [["--require-hashes", "-r", str(obtain_quarto.LOCK)]]
    lock = obtain_quarto.LOCK.read_text()
    assert re.fullmatch(r"quarto-cli==\d+\.\d+\.\d+ \\\n    --hash=sha256:[0-9a-f]{64}\n", lock)


def test_the_set_ups_own_quarto_is_brought_to_the_version_of_the_lock(monkeypatch: pytest.MonkeyPatch):
    tried: list[list[str]] = []
    monkeypatch.setattr(obtain_quarto, "find_program", lambda: str(Path(sys.executable).with_name("quarto")))
    monkeypatch.setattr(obtain_quarto, "run_program", lambda command, _: tried.append(command) or Done(0))
    assert obtain_quarto.obtain() == "Quarto is installed: it renders the report."
    assert len(tried) == 1


def test_a_network_that_does_not_answer_does_not_stop_the_set_up(monkeypatch: pytest.MonkeyPatch):
    def hang(command: list[str], patience: float) -> Done:
        raise subprocess.TimeoutExpired(command, patience)

    monkeypatch.setattr(obtain_quarto, "find_program", lambda: None)
    monkeypatch.setattr(obtain_quarto, "run_program", hang)
    assert "no answer" in obtain_quarto.obtain()
