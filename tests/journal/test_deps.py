"""tools/deps and tools/doctor, on machines that lack this or that: dpkg-query, apt-get, id and sudo are stand-ins."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

TOP = Path(__file__).parents[2]
TABLE = [
    "alpha       run        1.0-1    -      -",
    "beta        run        2.0-1    -      -",
    "gamma       test       3.0-1    -      -",
    "delta       test       4.0-1    delta  -",
    "epsilon     run        5.0-1    -      amd64",
]
REAL_COMMANDS = ["bash", "env", "dirname", "sed", "awk", "paste", "tail", "mkdir", "cat", "tr", "true"]


class ComputerWithout:
    """A computer that lacks all the packages but the installed ones, and the project's tools on it."""

    def __init__(self, directory: Path) -> None:
        self.top = directory / "project"
        self.bin = directory / "bin"
        self.apt_log = directory / "apt.log"
        (self.top / "tools").mkdir(parents=True)
        self.bin.mkdir()
        for name in ("deps", "doctor", "packages.sh"):
            shutil.copy(TOP / "tools" / name, self.top / "tools")
        (self.top / "tools/packages").write_text("# a comment\n" + "\n".join(TABLE) + "\n")
        for name in REAL_COMMANDS:
            (self.bin / name).symlink_to(shutil.which(name) or "")
        self.command("dpkg", "echo amd64")
        self.command("apt-get", f'echo "$*" >>"{self.apt_log}"')
        self.user(0)
        self.installed({})

    def command(self, name: str, script: str) -> None:
        path = self.bin / name
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)

    def user(self, number: int, sudo: bool = False) -> None:
        self.command("id", f"echo {number}")
        self.command("sudo", 'shift; exec "$@"' if sudo else "exit 1")

    def installed(self, packages: dict[str, str]) -> None:
        lines = [f"{name} {version} installed" for name, version in packages.items()]
        self.command("dpkg-query", "cat <<'END'\n" + "\n".join([*lines, "END"]))

    def run(self, tool: str, *groups: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([self.top / "tools" / tool, *groups], env={"PATH": str(self.bin)}, capture_output=True, text=True)

    def apt_calls(self) -> list[str]:
        return self.apt_log.read_text().splitlines() if self.apt_log.exists() else []


@pytest.fixture
def computer(tmp_path: Path) -> ComputerWithout:
    return ComputerWithout(tmp_path)


def installs(computer: ComputerWithout) -> list[str]:
    return [call for call in computer.apt_calls() if call.startswith("install")]


def test_nothing_missing_asks_apt_nothing(computer: ComputerWithout) -> None:
    computer.installed({"alpha": "1.0-1", "beta": "9.9-9"})
    run = computer.run("deps", "run")
    assert run.returncode == 0
    assert run.stdout == "deps    nothing is missing for: run\n"
    assert computer.apt_calls() == []


def test_root_installs_what_is_missing_and_no_more(computer: ComputerWithout) -> None:
    computer.installed({"alpha": "1.0-1"})
    run = computer.run("deps", "run")
    assert run.returncode == 0, run.stderr
    assert len(installs(computer)) == 1
    assert "--no-install-recommends" in installs(computer)[0]
    names = [word for word in installs(computer)[0].split() if word in ("alpha", "beta", "gamma", "delta", "epsilon")]
    assert names == ["beta"]


def test_each_group_has_its_own_packages(computer: ComputerWithout) -> None:
    computer.installed({"alpha": "1.0-1", "beta": "2.0-1"})
    assert computer.run("deps", "run", "test").returncode == 0
    assert "gamma delta" in installs(computer)[0]


def test_a_command_from_elsewhere_will_do(computer: ComputerWithout) -> None:
    computer.installed({"gamma": "3.0-1"})
    computer.command("delta", "exit 0")
    assert computer.run("deps", "test").stdout == "deps    nothing is missing for: test\n"


def test_sudo_that_asks_no_password_is_used(computer: ComputerWithout) -> None:
    computer.user(1000, sudo=True)
    assert computer.run("deps", "run").returncode == 0
    assert len(installs(computer)) == 1


def test_without_rights_the_command_is_printed(computer: ComputerWithout) -> None:
    computer.user(1000)
    run = computer.run("deps", "run")
    assert run.returncode == 1
    assert run.stderr.splitlines()[-1] == ("  sudo apt-get update && sudo apt-get install --yes --no-install-recommends alpha beta")
    assert computer.apt_calls() == []


def test_old_lists_of_packages_are_read_anew(computer: ComputerWithout) -> None:
    """The first installation fails, as it does when a listed version is gone from the mirror."""
    computer.apt_log.touch()
    computer.command(
        "apt-get",
        f'exec 3<"{computer.apt_log}"; echo "$*" >>"{computer.apt_log}"\n'
        '[ "$1" = update ] && exit 0\n'
        'while read -r call; do [ "${call%% *}" = update ] && exit 0; done <&3\n'
        "exit 100",
    )
    assert computer.run("deps", "run").returncode == 0
    assert computer.apt_calls()[-1].startswith("install")


@pytest.mark.parametrize("failing", ["install", "install|update"])
def test_a_failure_of_apt_is_shown(computer: ComputerWithout, failing: str) -> None:
    computer.command("apt-get", f"case $1 in {failing}) echo 'E: no space'; exit 100;; esac")
    run = computer.run("deps", "run")
    assert run.returncode == 1
    assert "E: no space" in run.stderr
    assert "apt-get" in run.stderr.splitlines()[-1] and "build/deps.log" in run.stderr.splitlines()[-1]


def test_another_system_than_debian(computer: ComputerWithout) -> None:
    os.remove(computer.bin / "dpkg-query")
    run = computer.run("deps", "run")
    assert run.returncode == 1
    assert run.stderr == ("deps: this is not a Debian system: install what tools/packages lists in another way\n")


@pytest.mark.parametrize("tool", ["deps", "doctor"])
def test_an_unknown_group(computer: ComputerWithout, tool: str) -> None:
    run = computer.run(tool, "run", "tests")
    assert run.returncode == 1
    assert run.stderr == f"{tool}: there is no group tests of packages; the groups are: run test\n"


def test_another_architecture_needs_its_own(computer: ComputerWithout) -> None:
    computer.installed({"alpha": "1.0-1", "beta": "2.0-1"})
    computer.command("dpkg", "echo arm64")
    computer.run("deps", "run")
    assert "epsilon" in installs(computer)[0]


def doctor_line(run: subprocess.CompletedProcess[str], package: str) -> list[str]:
    return next(line.split() for line in run.stdout.splitlines() if line.startswith(package))


def test_doctor_compares_versions(computer: ComputerWithout) -> None:
    computer.installed({"alpha": "1.0-1", "beta": "9.9-9"})
    run = computer.run("doctor", "run")
    assert run.returncode == 0
    assert doctor_line(run, "alpha") == ["alpha", "run", "1.0-1", "1.0-1"]
    assert doctor_line(run, "beta") == ["beta", "run", "9.9-9", "2.0-1", "differs"]


def test_doctor_fails_when_something_is_missing(computer: ComputerWithout) -> None:
    computer.installed({"alpha": "1.0-1"})
    run = computer.run("doctor", "run")
    assert run.returncode == 1
    assert doctor_line(run, "beta") == ["beta", "run", "-", "2.0-1", "MISSING"]


def test_every_row_of_the_real_table_is_whole() -> None:
    rows = [line.split() for line in (TOP / "tools/packages").read_text().splitlines() if not line.startswith("#")]
    assert all(len(row) == 5 for row in rows)
    names = [row[0] for row in rows]
    assert len(names) == len(set(names))
