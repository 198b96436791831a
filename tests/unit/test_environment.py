"""environment.yml says what pyproject.toml says."""

import re
import tomllib
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]


def test_conda_environment_lists_the_dependencies_of_the_package():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    environment = yaml.safe_load((ROOT / "environment.yml").read_text())
    listed = environment["dependencies"]
    from_pip = next(entry["pip"] for entry in listed if isinstance(entry, dict))
    packages = {entry for entry in listed if isinstance(entry, str)} | set(from_pip)
    conda_only = {"pip", "quarto>=1.6", f"python{project['requires-python']}", "--editable ."}
    assert packages - conda_only == set(project["dependencies"])
    assert conda_only <= packages


def test_lock_pins_every_dependency_and_carries_no_address():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    lock = (ROOT / "requirements.lock").read_text()
    pinned = set(re.findall(r"^([a-z0-9-]+)==", lock, flags=re.MULTILINE))
    wanted = [
        *project["dependencies"],
        *(each for extra in project["optional-dependencies"].values() for each in extra),
    ]
    names = {re.split(r"[><=\[]", entry)[0].lower() for entry in wanted}
    assert names <= pinned
    assert "://" not in lock
    assert lock.count("--hash=sha256:") > len(pinned)
