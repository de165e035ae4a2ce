"""What keeps the house a house: ranks, foreign keys that point down, states nobody assigns, a scoped portal."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
RANKS = [{"accounts"}, {"crm", "inventory", "machines"}, {"production"}, {"billing"}, {"portal"}]
ROOMS = [name for rank in RANKS for name in sorted(rank)]
OUTSIDE = {"auth", "contenttypes", "sessions"}


def rank(app: str) -> int:
    return next(number for number, names in enumerate(RANKS) if app in names)


def sources(*folders: str):
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            if not {"migrations", "tests"} & set(path.relative_to(ROOT).parts):
                yield path


def wrong_foreign_keys(models) -> list[str]:
    wrong = []
    for model in models:
        for field in model._meta.get_fields():
            target = getattr(field, "related_model", None)
            if target is None or field.auto_created:
                continue
            here, there = model._meta.app_label, target._meta.app_label
            if there in OUTSIDE or here == there:
                continue
            if rank(there) >= rank(here):
                wrong.append(f"{here}.{model.__name__}.{field.name} → {there}")
    return wrong


def assigned_states(source: str) -> list[int]:
    """Lines that write a state around the tables: `x.state = …` or `update(state=…)`."""
    lines = []
    for node in ast.walk(ast.parse(source)):
        targets = []
        if isinstance(node, ast.Assign):
            targets = node.targets
        elif isinstance(node, ast.AugAssign | ast.AnnAssign):
            targets = [node.target]
        lines += [t.lineno for t in targets if isinstance(t, ast.Attribute) and t.attr == "state"]
        is_update = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "update"
        if is_update and any(keyword.arg == "state" for keyword in node.keywords):
            lines.append(node.lineno)
    return lines


def managers_used(source: str) -> list[int]:
    return [
        node.lineno
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Attribute) and node.attr in {"objects", "_base_manager", "_default_manager"}
    ]


def test_import_contracts_hold():
    done = subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports"))], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-3000:]


def test_foreign_keys_point_down():
    models = [model for model in apps.get_models() if model._meta.app_label in ROOMS]
    assert len(models) > 20
    assert wrong_foreign_keys(models) == []


def test_a_foreign_key_upwards_would_be_found():
    from production.models import Job

    class Fake:
        class _meta:
            app_label = "crm"

            @staticmethod
            def get_fields():
                return [type("Field", (), {"related_model": Job, "auto_created": False, "name": "job"})()]

    assert wrong_foreign_keys([Fake]) == ["crm.Fake.job → production"]


def test_nobody_assigns_a_state():
    found = {}
    for path in sources(*ROOMS, "laseros"):
        if path == ROOT / "laseros" / "core" / "states.py":
            continue
        lines = assigned_states(path.read_text())
        if lines:
            found[str(path.relative_to(ROOT))] = lines
    assert found == {}


@pytest.mark.parametrize("line", ["job.state = 'made'", "rows.update(state='made')", "job.state += 'x'"])
def test_an_assigned_state_would_be_found(line):
    assert assigned_states(line) == [1]


def test_the_portal_never_starts_a_query_from_a_manager():
    found = {str(path.relative_to(ROOT)): managers_used(path.read_text()) for path in sources("portal")}
    assert {path: lines for path, lines in found.items() if lines} == {}


def test_a_manager_in_the_portal_would_be_found():
    assert managers_used("Quote.objects.all()") == [1]


# A watcher looks after machines of every business, a backup holds all of them.
OF_THE_INSTALLATION = {"accounts.Workspace", "accounts.User", "accounts.Backup", "machines.WatcherSeat"}


def test_every_business_table_has_a_workspace():
    without = {
        model._meta.label
        for model in apps.get_models()
        if model._meta.app_label in ROOMS and "workspace" not in {f.name for f in model._meta.get_fields()}
    }
    assert without == OF_THE_INSTALLATION


def test_every_business_query_needs_a_scope(db):
    from django_scopes.exceptions import ScopeError

    for model in apps.get_models():
        if model._meta.app_label in ROOMS and model._meta.label not in OF_THE_INSTALLATION:
            with pytest.raises(ScopeError):
                model.objects.all().count()


def test_files_stay_readable():
    long = {str(path.relative_to(ROOT)): n for path in sources(*ROOMS, "laseros") if (n := _lines(path)) > 500}
    assert long == {}


def _lines(path: Path) -> int:
    return path.read_text().count("\n")


def test_no_drawer_for_odds_and_ends():
    names = {path.stem for path in sources(*ROOMS, "laseros")} | {p.name for p in ROOT.iterdir()}
    assert names & {"utils", "util", "helpers", "common", "misc"} == set()
