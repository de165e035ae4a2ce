"""Secrets of connections at rest: sealed with a key made from the installation's, opened only for a driver.

An older installation key in `SECRET_KEY_FALLBACKS` still opens what was sealed with it.
"""

import base64
import json
import logging
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

log = logging.getLogger(__name__)


def sealed(secrets: dict) -> str:
    """These secrets as text for the database; "" for none."""
    if not secrets:
        return ""
    return _keys().encrypt(json.dumps(secrets).encode()).decode()


def opened(text: str) -> dict:
    """What was sealed; nothing where the key is another one now: then a person enters it again."""
    if not text:
        return {}
    try:
        found = json.loads(_keys().decrypt(text.encode()))
    except (InvalidToken, ValueError):
        log.warning("access data was sealed with another key; it must be entered again")
        return {}
    return found if isinstance(found, dict) else {}


def _keys() -> MultiFernet:
    return _fernet((settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS))


@lru_cache(maxsize=4)
def _fernet(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(base64.urlsafe_b64encode(_derived(key))) for key in keys])


def _derived(key: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=b"laseros machines 1").derive(key.encode())
