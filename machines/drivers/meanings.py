"""What a machine's own numbers and words for its state mean, as a person has said for this one machine."""

from laseros.core.drivers import Setting, State, gettext_noop
from machines.drivers.said import number

LABELS = {
    "idle": gettext_noop("idle is"),
    "preparing": gettext_noop("preparing is"),
    "running": gettext_noop("running is"),
    "paused": gettext_noop("paused is"),
    "finished": gettext_noop("finished is"),
    "error": gettext_noop("an error is"),
}


def settings(**usual: str) -> tuple[Setting, ...]:
    """One for each of our states, or only for those named with their usual values."""
    return tuple(
        Setting(f"is_{name}", label, default=usual.get(name, ""), help=gettext_noop("the values, divided by commas"))
        for name, label in LABELS.items()
        if not usual or name in usual
    )


def meanings_of(options: dict) -> dict[str, State]:
    """From the settings "is_idle", "is_running" …: values divided by commas."""
    return {
        key_of(value): State(meaning)
        for meaning in LABELS
        for value in str(options.get(f"is_{meaning}") or "").split(",")
        if value.strip()
    }


def key_of(value) -> str:
    """8, 8.0 and "8" are the same; so are "Cutting" and " cutting "; a truth is 1 or 0."""
    if isinstance(value, bool):
        return str(int(value))
    found = number(value)
    if found is not None:
        return f"{found:g}"
    return " ".join(shown(value).lower().split())


def shown(value) -> str:
    """A value in words: texts as they are, of a translated text the text, whole numbers without a point."""
    if value is None or isinstance(value, bytes):
        return ""
    text = getattr(value, "Text", value)
    return f"{text:g}" if isinstance(text, float) else str(text if text is not None else "").strip()[:300]
