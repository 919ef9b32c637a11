"""The parts of published formats that we write, in our own words and as strict as the originals.

SARIF: OASIS, Static Analysis Results Interchange Format 2.1.0, section 3 (every object there is closed but property
bags). GitLab: the table of fields under "Code Quality report format" in its documentation. JUnit: the elements and
attributes that Jenkins' xUnit plugin and pytest agree on. Our output was also held against the originals by hand.
"""

from __future__ import annotations

from typing import Any
from xml.etree.ElementTree import Element


def closed(required: list[str], **properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


def many(items: dict[str, Any], *, unique: bool = False) -> dict[str, Any]:
    return {"type": "array", "items": items, "uniqueItems": unique}


TEXT = {"type": "string"}
COUNT = {"type": "integer", "minimum": 1}
BAG = {"type": "object", "properties": {"tags": many(TEXT, unique=True)}}
LEVEL = {"enum": ["none", "note", "warning", "error"]}
MESSAGE = closed(["text"], text=TEXT, markdown=TEXT)
ARTIFACT = closed([], uri={"type": "string", "format": "uri-reference"}, uriBaseId=TEXT)
REGION = closed(["startLine"], startLine=COUNT, startColumn=COUNT, endLine=COUNT, endColumn=COUNT)
LOCATION = closed(
    [],
    physicalLocation=closed(["artifactLocation"], artifactLocation=ARTIFACT, region=REGION),
    logicalLocations=many(closed([], fullyQualifiedName=TEXT), unique=True),
)
RULE = closed(
    ["id"],
    id=TEXT,
    name=TEXT,
    shortDescription=MESSAGE,
    fullDescription=MESSAGE,
    help=MESSAGE,
    defaultConfiguration=closed([], level=LEVEL),
    properties=BAG,
)
RESULT = closed(
    ["message"],
    ruleId=TEXT,
    ruleIndex={"type": "integer", "minimum": -1},
    kind={"enum": ["notApplicable", "pass", "fail", "review", "open", "informational"]},
    level=LEVEL,
    message=MESSAGE,
    locations=many(LOCATION),
    relatedLocations=many(LOCATION, unique=True),
    fixes=many(
        closed(
            ["artifactChanges"],
            description=MESSAGE,
            artifactChanges=many(
                closed(
                    ["artifactLocation", "replacements"],
                    artifactLocation=ARTIFACT,
                    replacements=many(
                        closed(["deletedRegion"], deletedRegion=REGION, insertedContent=closed([], text=TEXT))
                    ),
                )
            ),
        ),
        unique=True,
    ),
    partialFingerprints={"type": "object", "additionalProperties": TEXT},
    baselineState={"enum": ["new", "unchanged", "updated", "absent"]},
    suppressions=many(
        closed(
            ["kind"],
            kind={"enum": ["inSource", "external"]},
            status={"enum": ["accepted", "underReview", "rejected"]},
            justification=TEXT,
        ),
        unique=True,
    ),
    properties=BAG,
)
NOTIFICATION = closed(["message"], level=LEVEL, message=MESSAGE, locations=many(LOCATION, unique=True))
RUN = closed(
    ["tool"],
    tool=closed(
        ["driver"],
        driver=closed(
            ["name"],
            name=TEXT,
            semanticVersion=TEXT,
            informationUri={"type": "string", "format": "uri"},
            rules=many(RULE, unique=True),
        ),
    ),
    columnKind={"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
    invocations=many(
        closed(
            ["executionSuccessful"],
            executionSuccessful={"type": "boolean"},
            exitCode={"type": "integer"},
            toolExecutionNotifications=many(NOTIFICATION),
        )
    ),
    results=many(RESULT),
    properties=BAG,
)
SARIF = closed(["version", "runs"], **{"$schema": TEXT}, version={"const": "2.1.0"}, runs=many(RUN))

GITLAB = many(
    closed(
        ["description", "check_name", "fingerprint", "severity", "location"],
        description=TEXT,
        check_name=TEXT,
        fingerprint=TEXT,
        severity={"enum": ["info", "minor", "major", "critical", "blocker"]},
        location=closed(
            ["path", "lines"],
            path={"type": "string", "pattern": r"^(?!\./|/)"},
            lines=closed(["begin"], begin=COUNT, end=COUNT),
        ),
    )
)

JUNIT: dict[str, tuple[set[str], set[str], set[str]]] = {
    "testsuites": (set(), {"name", "tests", "failures", "errors"}, {"testsuite"}),
    "testsuite": ({"name", "tests", "failures", "errors"}, {"skipped"}, {"properties", "testcase"}),
    "properties": (set(), set(), {"property"}),
    "property": ({"name", "value"}, set(), set()),
    "testcase": ({"name"}, {"classname"}, {"failure", "skipped"}),
    "failure": (set(), {"message", "type"}, set()),
    "skipped": (set(), {"message", "type"}, set()),
}
"""Element → attributes it must have, attributes it may have, children."""


def misfits(element: Element) -> list[str]:
    """What in an element is not as JUnit readers expect it."""
    must, may, children = JUNIT[element.tag]
    found = [f"{element.tag} lacks {name}" for name in must - set(element.keys())]
    found += [f"{element.tag} has {name}" for name in set(element.keys()) - must - may]
    for child in element:
        found += misfits(child) if child.tag in children else [f"{child.tag} in {element.tag}"]
    return found
