"""What a report may say of a piece of work, and the headings under which programs and shops write it."""

import re

# In the order a person is asked for them.
FIELDS = (
    "name", "file", "started", "ended", "day", "seconds", "status", "pierces", "length", "material", "thickness", "gas",
    "parts",
)  # fmt: skip
HEADINGS = {
    "name": (
        "task name|task|job name|job|program|programme|nest name|work name|portionname|"
        "任务名称|任务名|任务|加工任务|工单|auftrag|auftragsname|programm|programmname|zadanie|tâche"
    ),
    "file": (
        "file name|file|filename|drawing|drawing name|文件名称|文件名|文件|图纸|图纸名称|datei|dateiname|zeichnung|plik"
    ),
    "started": (
        "start time|start|started|begin|begin time|starttime|开始时间|起始时间|开始|startzeit|beginn|gestartet"
    ),
    "ended": ("end time|end|ended|finish time|finished|finish|endtime|结束时间|完成时间|结束|endzeit|ende|beendet"),
    "day": ("date|day|日期|datum|tag"),
    "seconds": (
        "time taken|timetaken|cut time|cutting time|processing time|process time|"
        "work time|working time|duration|total time|加工时间|加工用时|切割时间|用时|耗时|总时间|"
        "bearbeitungszeit|schneidzeit|laufzeit|dauer|czas"
    ),
    "status": ("status|state|result|状态|结果|zustand|ergebnis"),
    "pierces": (
        "pierce count|piercecount|pierces|piercing count|piercings|pierce|穿孔数|穿孔次数|穿孔|"
        "einstiche|einstechungen|anzahl einstiche|przebicia"
    ),
    "length": (
        "cut length|cutting length|cutlength|path length|curvelength|total length|length|"
        "切割长度|切割总长|总长度|长度|schnittlänge|schneidlänge|länge|długość"
    ),
    "material": ("material|材料|材质|板材|werkstoff|materiał"),
    "thickness": ("thickness|厚度|板厚|dicke|blechdicke|materialstärke|stärke|grubość"),
    "gas": ("gas|gas type|gastype|cutting gas|气体|切割气体|气体类型|gasart|schneidgas"),
    "parts": (
        "parts|part count|parts count|quantity|qty|part qty|零件数|零件数量|数量|件数|teile|teilezahl|stück|anzahl"
    ),
}
_BY_HEADING = {word: name for name, words in HEADINGS.items() for word in words.split("|")}
UNIT = re.compile(r"[(\[（【]\s*([^()\[\]（）【】]*?)\s*[)\]）】]\s*$")


def plain(heading: str) -> str:
    """A heading as headings are compared: without its unit, in small letters."""
    return " ".join(UNIT.sub("", heading).replace("_", " ").replace(":", " ").split()).casefold()


def unit_of(heading: str) -> str:
    found = UNIT.search(heading)
    return found[1].casefold() if found else ""


def is_known(heading: str) -> bool:
    return plain(heading) in _BY_HEADING


def guessed(header: list[str]) -> dict[str, str]:
    """{field: heading} as far as headings are known; the first of several."""
    found: dict[str, str] = {}
    for heading in header:
        name = _BY_HEADING.get(plain(heading))
        if name:
            found.setdefault(name, heading)
    return found
