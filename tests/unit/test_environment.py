"""What says the same as pyproject.toml: environment.yml, the locks, the version in other files."""

import re
import tomllib
from pathlib import Path

import pytest
import yaml

import policyreport

ROOT = Path(__file__).parents[2]
# Which extras of pyproject.toml each lock holds.
EXTRAS = {
    "requirements.lock": ["install"],
    "requirements-dev.lock": ["cluster", "connect", "dev", "docs", "install"],
    "requirements-lab.lock": ["install", "lab"],
}
# Installed from this repository.
OWN = {"warm-kernels>=0.1"}


def test_conda_environment_lists_the_dependencies_of_the_package():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    environment = yaml.safe_load((ROOT / "environment.yml").read_text())
    listed = environment["dependencies"]
    from_pip = next(entry["pip"] for entry in listed if isinstance(entry, dict))
    packages = {entry for entry in listed if isinstance(entry, str)} | set(from_pip)
    conda_only = {
        "pip",
        "quarto>=1.6",
        f"python{project['requires-python']}",
        "--editable .",
        "--editable src/warm_kernels",
    }
    assert packages - conda_only == {*project["dependencies"], *project["optional-dependencies"]["lab"]} - OWN
    assert conda_only <= packages


@pytest.mark.parametrize(("lock", "extras"), EXTRAS.items())
def test_lock_pins_every_dependency_and_carries_no_address(lock: str, extras: list[str]):
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    text = (ROOT / lock).read_text()
    optional = project["optional-dependencies"]
    wanted = {*project["dependencies"]} - OWN | {entry for extra in extras for entry in optional[extra]}
    assert {re.split(r"[><=\[]", entry)[0].lower() for entry in wanted} <= set(pins(text))
    assert "://" not in text
    assert text.count("--hash=sha256:") > len(pins(text))


def test_every_extra_is_in_a_lock():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert {extra for extras in EXTRAS.values() for extra in extras} == set(project["optional-dependencies"])


@pytest.mark.parametrize("lock", ["requirements-dev.lock", "requirements-lab.lock"])
def test_the_locks_pin_the_same_versions(lock: str):
    reporting = pins((ROOT / "requirements.lock").read_text())
    with_more = pins((ROOT / lock).read_text())
    assert {name: with_more.get(name) for name in reporting} == reporting


def test_the_version_is_the_same_wherever_it_is_written():
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    assert policyreport.__version__ == version
    assert str(yaml.safe_load((ROOT / "CITATION.cff").read_text())["version"]) == version


def pins(lock: str) -> dict[str, str]:
    """The version of every package of a lock."""
    return dict(re.findall(r"^([a-z0-9-]+)==([^ ;]+)", lock, flags=re.MULTILINE))
