"""`make check`: what can be told about the code without running its tests. `--fix` is `make format`."""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PY = sys.executable
BIN = Path(PY).parent

# As it would stand on a public address, so that `check --deploy` judges what a shop runs and not a developer's desk.
DEPLOYED = {
    "BASE_URL": "https://shop.example.com",
    "ALLOWED_HOSTS": "shop.example.com",
    "CSRF_TRUSTED_ORIGINS": "https://shop.example.com",
    "BEHIND_PROXY": "1",
    "DEBUG": "0",
    "SECRET_KEY": "".join(chr(33 + (7 * number) % 90) for number in range(80)),
    "DATABASE_URL": "",
    "REDIS_URL": "",
    "MQTT_URL": "",
    "EMAIL_URL": "",
}


def templates() -> list[str]:
    return sorted(str(path.relative_to(ROOT)) for path in (ROOT / "templates").rglob("*.html"))


def steps(fix: bool) -> dict[str, list]:
    if fix:
        return {
            "ruff": [BIN / "ruff", "check", "--fix", "."],
            "formatting": [BIN / "ruff", "format", "."],
            # It answers 1 when it changed something: asked again, it has nothing left to change.
            "templates": ["sh", "-c", '"$@" || "$@"', "sh", BIN / "djade", "--target-version", "5.2", *templates()],
        }
    return {
        "ruff": [BIN / "ruff", "check", "."],
        "formatting": [BIN / "ruff", "format", "--check", "."],
        "template formatting": [BIN / "djade", "--target-version", "5.2", "--check", *templates()],
        "import contracts": [BIN / "lint-imports"],
        "templates compile": [PY, ROOT / ".ci" / "compile_templates.py"],
        "check --deploy": [PY, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        "makemigrations --check": [PY, "manage.py", "makemigrations", "--check", "--dry-run"],
    }


def main() -> int:
    began, failed = time.monotonic(), []
    with tempfile.TemporaryDirectory(prefix="laseros-check-") as folder:
        environment = {**os.environ, **DEPLOYED, "DATA_DIR": folder}
        for name, command in steps("--fix" in sys.argv).items():
            started = time.monotonic()
            done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
            print(
                f"{'ok' if done.returncode == 0 else 'FAILED':<7}{name:<24}{time.monotonic() - started:5.1f} s",
                flush=True,
            )
            if done.returncode:
                failed.append(name)
                print(done.stdout + done.stderr, flush=True)
    if failed:
        print(f"Failed: {', '.join(failed)}. `make format` mends style and formatting.")
    else:
        print(f"All is well ({time.monotonic() - began:.0f} s).")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
