"""What ships is what is described: the Dockerfile runs the Makefile, compose runs what `manage.py run` runs."""

import json
import re
import shlex
import tomllib
from pathlib import Path

from django.conf import settings
from django.core.management import get_commands

from laseros.management.commands.run import PROCESSES
from machines.drivers import addresses

ROOT = Path(settings.BASE_DIR)
# Steps that prepare the operating system of an image; on a Debian at hand they are done once by its owner.
SYSTEM_STEPS = {"apt-get", "rm", "useradd", "mkdir", "chown"}


def read(name: str) -> str:
    return (ROOT / name).read_text()


def dockerfile() -> list[tuple[str, str]]:
    """(instruction, words) of the Dockerfile, continued lines joined."""
    lines = [line for line in read("Dockerfile").splitlines() if not line.startswith("#")]
    joined = "\n".join(lines).replace("\\\n", " ")
    return [tuple(line.split(maxsplit=1)) for line in joined.splitlines() if line.strip()]


def instructions(name: str) -> list[str]:
    return [words for instruction, words in dockerfile() if instruction == name]


def makefile() -> dict[str, list[str]]:
    """target → its recipe."""
    targets, current = {}, None
    for line in read("Makefile").splitlines():
        if line.startswith("\t") and current:
            targets[current].append(line.strip().lstrip("@"))
        elif found := re.match(r"^([\w-]+|\$\(INSTALLED\)):(?!=)", line):
            current = found[1]
            targets[current] = []
    return targets


def compose() -> dict[str, str]:
    """service → its block of compose.yaml."""
    services = read("compose.yaml").split("\nservices:\n")[1].split("\nvolumes:\n")[0]
    blocks = re.split(r"^  (?=\w+:$)", services, flags=re.MULTILINE)
    return {block.split(":")[0]: block for block in blocks if block.strip()}


def compose_command(service: str) -> list[str]:
    return json.loads(re.search(r"^    command: (\[.*\])$", compose()[service], re.MULTILINE)[1])


def settings_variables() -> set[str]:
    return set(re.findall(r"\benv(?:\.\w+)?\(\s*\"([A-Z_]+)\"", read("laseros/settings.py")))


def example_variables() -> set[str]:
    return set(re.findall(r"^#?([A-Z_]+)=", read(".env.example"), re.MULTILINE))


def compose_variables() -> set[str]:
    return set(re.findall(r"\$\{([A-Z_]+)", read("compose.yaml")))


# --- the Dockerfile ---


def test_the_image_is_built_by_targets_of_the_makefile():
    made = []
    for step in instructions("RUN"):
        for command in step.split("&&"):
            words = [word for word in shlex.split(command) if "=" not in word]
            if words[0] == "make":
                made += words[1:]
            else:
                assert words[0] in SYSTEM_STEPS, f"{command} is not a step of the Makefile"
    assert made == ["install", "static"]
    assert set(made) <= set(makefile())


def test_the_image_starts_as_make_run_does():
    (command,) = instructions("CMD")
    assert makefile()["run"] == ["$(PY) manage.py run --demo"]
    assert json.loads(command) == ["python", "manage.py", "run"]  # and no demonstration in a shop's own database


def test_the_image_has_what_make_install_reads_before_it_runs():
    names = [instruction for instruction, _words in dockerfile()]
    before = dockerfile()[: names.index("RUN", names.index("RUN") + 1)]
    copied = {word for instruction, words in before if instruction == "COPY" for word in words.split()[:-1]}
    assert copied == {"Makefile", "requirements.txt", ".ci/install", ".ci/debian"}
    assert makefile()["$(INSTALLED)"][0] == "sh .ci/install requirements.txt"


def test_the_image_runs_as_nobody_special_and_says_how_it_is():
    stages = read("Dockerfile").split("\nFROM ")
    assert len(stages) > 2
    assert "\nUSER laseros\n" in stages[-1]
    (check,) = instructions("HEALTHCHECK")
    assert check.endswith('CMD ["python", "-m", "laseros.probe"]')


def test_nothing_private_is_sent_to_the_image():
    assert {".git", ".env", ".venv", "data"} <= set(read(".dockerignore").split())


# --- compose.yaml ---


def test_compose_starts_the_processes_that_run_starts():
    commands = {name: ["python", "manage.py", command] for name, command in PROCESSES.items()}
    assert {name: compose_command(name) for name in PROCESSES} == commands
    assert set(PROCESSES.values()) <= set(get_commands())


def test_compose_has_the_whole_shop():
    assert set(compose()) == {*PROCESSES, "schema", "postgres", "redis", "mosquitto"}
    for name, block in compose().items():
        assert "healthcheck:" in block or name == "web", f"{name} does not say how it is"  # web: the image's own


def test_the_schema_is_there_before_anything_runs():
    assert compose_command("schema") == ["python", "manage.py", "migrate", "--noinput"]
    assert "schema: {condition: service_completed_successfully}" in read("compose.yaml")


def test_compose_sets_only_what_the_settings_read():
    shared = read("compose.yaml").split("environment: &environment\n")[1].split("  volumes:")[0]
    assert set(re.findall(r"^    ([A-Z_]+):", shared, re.MULTILINE)) <= settings_variables()


def test_what_is_written_into_env_reaches_the_containers():
    """All but what is of the container itself: its folders, its address, and what a shop's own computer is for."""
    of_the_container = {"DATA_DIR", "STATIC_ROOT", "BACKUP_DIR", "WATCHED_FOLDERS", "HOST", "PORT"}
    of_a_computer = {"DEMO", "DEMO_MACHINES", "SIMULATED_CARDS", "DEBUG", addresses.HERE_TOO}
    servers = {"DATABASE_URL", "REDIS_URL", "MQTT_URL", "BACKUP_COPY_TO"}
    assert example_variables() - compose_variables() == of_the_container | of_a_computer | servers


# --- the environment ---


def test_every_variable_is_described_and_nothing_else():
    only_compose = compose_variables() - settings_variables()
    assert only_compose == {"POSTGRES_PASSWORD", "WEB_BIND", "MQTT_BIND", "BACKUP_FOLDER"}
    assert len(settings_variables()) > 15
    # One is read by a part that knows no settings.
    assert example_variables() == settings_variables() | only_compose | {addresses.HERE_TOO}


def test_the_example_says_nothing_until_it_is_edited():
    assert [line for line in read(".env.example").splitlines() if line and not line.startswith("#")] == []


def test_no_variable_is_read_past_the_settings():
    """One place for the environment; beside it only what answers before Django is there."""
    reads = re.compile(r"os\.(environ\.get\(|environ\[|getenv\()\s*\"")
    found = {
        str(path.relative_to(ROOT))
        for folder in ("laseros", "accounts", "crm", "inventory", "machines", "production", "billing", "portal")
        for path in (ROOT / folder).rglob("*.py")
        if reads.search(path.read_text()) and not {"tests", "commands"} & set(path.parts)
    }
    assert found == {"laseros/probe.py"}


# --- requirements ---


def test_requirements_are_pinned_whole():
    for name in ("requirements.txt", "requirements-dev.txt"):
        lines = [line for line in read(name).splitlines() if line.strip() and not line.lstrip().startswith("#")]
        assert [line for line in lines if not re.match(r"^[\w.\[\],-]+==\S+( ; .+)?$", line)] == []
        assert "://" not in read(name)


def test_everything_asked_for_is_pinned_as_asked():
    pins = dict(re.findall(r"^([\w.-]+)(?:\[.*\])?==(\S+)", read("requirements.txt"), re.MULTILINE))
    pins = {name.lower().replace("_", "-"): version for name, version in pins.items()}
    for line in read("requirements.in").splitlines():
        if found := re.match(r"^([\w.-]+)(?:\[.*\])?(?:==(\S+))?", line):
            assert found[1].lower() in pins
            assert found[2] in (None, pins[found[1].lower()])


def test_python_is_the_one_the_image_has():
    wanted = tomllib.loads(read("pyproject.toml"))["project"]["requires-python"]
    assert instructions("FROM")[0].startswith(f"python:{wanted.removeprefix('>=')}-")
