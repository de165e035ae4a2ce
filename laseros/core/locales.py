"""From a workspace's country and language to the locale its numbers, dates and money are written in."""

from functools import lru_cache

from babel import Locale, UnknownLocaleError


@lru_cache(maxsize=8)
def countries(language: str) -> tuple[tuple[str, str], ...]:
    """(code, name) of every country, in the order of a reader of this language."""
    names = Locale.parse(language.split("-")[0]).territories.items()
    known = [(code, name) for code, name in names if len(code) == 2 and code not in ("ZZ", "EU", "UN", "EZ")]
    return tuple(sorted(known, key=lambda choice: choice[1]))


# Where the postcode stands behind the town; elsewhere it stands before it (Universal Postal Union, addressing sheets).
TOWN_FIRST = frozenset(
    [
        "AU",
        "BD",
        "BW",
        "CA",
        "EG",
        "GB",
        "GH",
        "HK",
        "IE",
        "IN",
        "JM",
        "KE",
        "LK",
        "LS",
        "MW",
        "MZ",
        "NA",
        "NG",
        "NZ",
        "PK",
        "SG",
        "SZ",
        "TH",
        "TZ",
        "UG",
        "US",
        "ZA",
        "ZM",
        "ZW",
    ]
)


def town_line(postcode: str, town: str, country: str, state: str = "") -> str:
    """One line of an address: "Durban 4001" in South Africa, "28195 Bremen" in Germany, "Boston, MA 02110"."""
    if state:
        return ", ".join(part for part in (town, f"{state} {postcode}".strip()) if part)
    parts = (town, postcode) if country in TOWN_FIRST else (postcode, town)
    return " ".join(part for part in parts if part)


def country_line(country: str, ours: str, language: str) -> str:
    """The last line of an address abroad: the country's name in capitals, in the language of whoever sends it."""
    if not country or country == ours:
        return ""
    return Locale.parse(language).territories.get(country.upper(), country).upper()


@lru_cache(maxsize=200)
def locale_of(language: str, country: str) -> str:
    """The CLDR locale: ("en", "ZA") is "en_ZA"; an unknown pair falls back to the language."""
    for name in (f"{language}_{country}", language):
        try:
            Locale.parse(name)
        except (UnknownLocaleError, ValueError):
            continue
        return name
    return "en"
