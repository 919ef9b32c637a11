"""Which files there are, what each is, and which of those that no parser reads name a provider.

``discover`` lists names without opening the files, ``look`` (or ``load``) opens one of them, and ``Finder`` with
``gather`` (or ``mentions``) reports the rest. Nothing here knows a rule: words come in as data.
"""

from portability.discovery.languages import (
    CHART,
    CHART_VALUES,
    HELMFILE,
    HELPERS,
    KUSTOMIZE,
    READ_PLACES,
    READ_WHOLE,
    candidate,
    chart_place,
    kind_of,
    language_of,
    read_place,
)
from portability.discovery.load import Seen, load, look, placed, unsaved
from portability.discovery.mentions import Finder, Hit, gather, mentions
from portability.discovery.paths import Straight, printable, real_folder
from portability.discovery.tree import Tree
from portability.discovery.walk import Discovered, discover

__all__ = [
    "CHART",
    "CHART_VALUES",
    "HELMFILE",
    "HELPERS",
    "KUSTOMIZE",
    "READ_PLACES",
    "READ_WHOLE",
    "Discovered",
    "Finder",
    "Hit",
    "Seen",
    "Straight",
    "Tree",
    "candidate",
    "chart_place",
    "discover",
    "gather",
    "kind_of",
    "language_of",
    "load",
    "look",
    "mentions",
    "placed",
    "printable",
    "read_place",
    "real_folder",
    "unsaved",
]
