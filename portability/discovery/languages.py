"""What a file is, by its name and a cheap look at its bytes: one of our languages, or a kind that no parser reads.

Everything here is tables. A name is settled by the first of these that knows it: a left-out name, a firm place
(a CI workflow stays one, whatever it holds), a suffix of ours, a suffix of a kind, a shebang.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from fnmatch import translate
from functools import cache, lru_cache
from itertools import islice
from types import MappingProxyType

from portability.model import Language
from portability.patterns import regex

_OF_TEMPLATES = (".tpl", ".tftpl", ".tmpl", ".gotmpl", ".gotemplate", ".j2", ".jinja2", ".erb", ".template")
LANGUAGES: Mapping[str, Language] = MappingProxyType(
    {
        ".tf": "terraform",
        ".tofu": "terraform",
        ".tf.json": "terraform",
        ".tofu.json": "terraform",
        ".hcl": "terraform",
        ".tfbackend": "terraform",
        ".backend": "terraform",
        ".tfstate": "terraform",
        ".tfvars": "terraform",
        ".tfvars.json": "terraform",
        ".py": "python",
        ".pyw": "python",
        ".ipynb": "python",
        ".yaml": "kubernetes",
        ".yml": "kubernetes",
        ".json": "kubernetes",
        **{f"{yaml}{suffix}": "kubernetes" for yaml in (".yaml", ".yml", "") for suffix in _OF_TEMPLATES},
    }
)
"""Suffix → language. Terraform and Python match letter case exactly, as their tools do. Kubernetes is a candidate
until its bytes were seen, and so are ``.hcl`` and ``.backend``. What Terraform, Ansible and others make YAML of is YAML
with holes."""

PLACES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "CI workflow": (
            "*/.github/workflows/*.y*ml",
            "*/.github/actions/*.y*ml",
            *("*/.forgejo/workflows/*.y*ml", "*/.gitea/workflows/*.y*ml"),
            *("*/.woodpecker.y*ml", "*/.woodpecker/*.y*ml"),
            "*/action.y*ml",
            "*/.circleci/*.y*ml",
            "*/.gitlab-ci*.y*ml",
            "*/azure-pipelines*.y*ml",
            "*/bitbucket-pipelines.y*ml",
            "*/buildspec*.y*ml",
            "*/cloudbuild*.y*ml",
            "*/.travis.y*ml",
            "*/.gitlab/*.y*ml",
            "*/.azure-pipelines/*.y*ml",
            "*/jenkinsfile*",
        ),
        "Dockerfile": (
            *("*/dockerfile", "*/dockerfile.*", "*/dockerfile-*", "*.dockerfile"),
            *("*/containerfile", "*/containerfile.*"),
        ),
        "docker-compose": ("*/docker-compose*.y*ml", "*/compose.y*ml", "*/compose.*.y*ml", "*/compose-*.y*ml"),
        "Makefile": ("*/makefile", "*/gnumakefile", "*.mk"),
        "Helm values": (
            *("*/values.y*ml", "*/values[-_.]*.y*ml", "*[-_.]values.y*ml", "*[-_.]values[-_.]*.y*ml"),
            *(
                "*/values/*.y*ml",
                "*/values.y*ml.got*mpl*",
                "*[-_.]values.y*ml.got*mpl*",
                "*/values[-_.]*.y*ml.got*mpl*",
            ),
            "*/values/*.y*ml.got*mpl*",
        ),
        "Helm chart": ("*/chart.y*ml",),
        "Kustomize": ("*/kustomization.y*ml", "*/kustomization"),
        "Helmfile": (
            *("*/helmfile.y*ml", "*/helmfile.y*ml.got*mpl*", "*/helmfile[-_.]*.y*ml", "*/helmfile[-_.]*.y*ml.got*mpl*"),
            *("*/helmfile.d/*.y*ml", "*/helmfile.d/*.got*mpl*"),
        ),
        "Helm template": ("*/templates/*.tpl",),
        "Helm notes": ("*/templates/notes.txt",),
        "Pulumi": ("*/pulumi.y*ml", "*/pulumi.*.y*ml"),
        "Serverless Framework": ("*/serverless.y*ml", "*/serverless.json"),
        "Terraform test": ("*.tftest.hcl", "*.tftest.json", "*.tofutest.hcl"),
        "Packer": ("*.pkr.hcl", "*.pkr.json"),
        "Python dependencies": (
            "*/pyproject.toml",
            "*/setup.cfg",
            "*/pipfile",
            "*requirements*.txt",
            "*requirements*.in",
            "*/requirements/*.txt",
            "*/requirements/*.in",
        ),
        "package manifest": (
            "*/package.json",
            "*/go.mod",
            "*/cargo.toml",
            "*/pom.xml",
            "*/build.gradle",
            "*/build.gradle.kts",
            "*/composer.json",
            "*/gemfile",
        ),
    }
)
"""Kind → globs over ``/`` + the path in lower case. These hold whatever the bytes say."""

CHART_VALUES = "Helm values"
CHART = "Helm chart"
KUSTOMIZE = "Kustomize"
HELMFILE = "Helmfile"
HELPERS = "Helm template"
"""Kinds of files that the Kubernetes room reads though they hold no manifest."""

READ_PLACES: Mapping[str, Language] = MappingProxyType(
    {
        "CI workflow": "delivery",
        CHART_VALUES: "kubernetes",
        CHART: "kubernetes",
        KUSTOMIZE: "kubernetes",
        HELMFILE: "kubernetes",
        HELPERS: "kubernetes",
        "Dockerfile": "containers",
        "docker-compose": "containers",
        "Python dependencies": "python",
    }
)
"""Places that a parser reads."""

READ_WHOLE = frozenset({CHART, KUSTOMIZE})
"""Places of which nothing is left that a parser does not take in."""

KINDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "shell": (".sh", ".bash", ".zsh", ".ksh"),
        "PowerShell": (".ps1", ".psm1"),
        "batch file": (".bat", ".cmd"),
        "Bicep": (".bicep", ".bicepparam"),
        "Go": (".go",),
        "Java": (".java",),
        "Kotlin": (".kt", ".kts"),
        "Scala": (".scala", ".sbt"),
        "Groovy": (".groovy", ".gradle", ".jenkinsfile"),
        "C#": (".cs", ".csx", ".csproj"),
        "F#": (".fs", ".fsx", ".fsproj"),
        "JavaScript": (".js", ".mjs", ".cjs", ".jsx", ".vue", ".svelte"),
        "TypeScript": (".ts", ".mts", ".cts", ".tsx"),
        "Ruby": (".rb", ".rake"),
        "PHP": (".php",),
        "Rust": (".rs",),
        "C or C++": (".c", ".h", ".cc", ".cpp", ".cxx", ".hh", ".hpp"),
        "Swift": (".swift",),
        "Dart": (".dart",),
        "Elixir": (".ex", ".exs"),
        "Perl": (".pl", ".pm"),
        "SQL": (".sql",),
        "R": (".r", ".rmd"),
        "HCL": (".hcl",),
        "template": (
            ".j2",
            ".jinja",
            ".jinja2",
            ".tpl",
            ".tmpl",
            ".gotmpl",
            ".gotemplate",
            ".tftpl",
            ".erb",
            ".mustache",
            ".template",
        ),
        "configuration": (
            *(".yaml", ".yml", ".json", ".jsonc", ".json5", ".toml", ".ini", ".cfg", ".conf"),
            *(".env", ".properties", ".xml", ".service", ".cue", ".jsonnet", ".libsonnet"),
        ),
    }
)
"""Kind → suffixes, in lower case. What stands in no table (prose, images, binaries) is nobody's."""

LEFT_OUT = frozenset(
    {
        *(
            "package-lock.json",
            "npm-shrinkwrap.json",
            "yarn.lock",
            "pnpm-lock.yaml",
            "composer.lock",
            "packages.lock.json",
        ),
        ".portability-baseline.json",
        *(".terraform.lock.hcl", "gemfile.lock", "cargo.lock", "poetry.lock", "uv.lock", "pipfile.lock", "go.sum"),
    }
)
"""Lock files and our own baseline: machine-written lists that repeat what other files say."""

INSIDE: tuple[tuple[str, tuple[bytes, ...]], ...] = (
    ("ARM template", (b"schema.management.azure.com",)),
    ("CloudFormation", (b"AWSTemplateFormatVersion",)),
    ("CloudFormation", (b"AWS::", b"Resources")),
)
"""Kind → byte strings that all stand in a configuration file or template of that kind. The first that fits counts."""

SHEBANGS: tuple[tuple[str, re.Pattern[bytes]], ...] = (
    ("python", regex(rb"#!.*\b(?:python|pypy)[\d.]*\b|#!.*\buv\s+run\b")),
    ("shell", regex(rb"#!.*\b(?:ba|z|k|da|a)?sh\b")),
    ("JavaScript", regex(rb"#!.*\b(?:node|deno|bun)\b")),
    ("Ruby", regex(rb"#!.*\bruby\b")),
    ("Perl", regex(rb"#!.*\bperl\b")),
    ("PowerShell", regex(rb"#!.*\bpwsh\b")),
    ("PHP", regex(rb"#!.*\bphp\b")),
)
"""What the first line of a file without a suffix says it is."""

_MANIFEST = {
    "yaml": regex(rb"\bapiVersion[\"']?[ \t]*:"),
    "json": regex(rb'"apiVersion"'),
}
_BEGINS_AS_YAML = regex(rb"(?>(?:[ \t]*(?:#[^\n]*|%?\{[{%#]?[^\n]*|---[^\n]*)?\r?\n)*)[A-Za-z][\w.-]*:(?:[ \t]|\r?\n)")
"""A key before anything but comments and actions, in a template whose name does not say of what."""
_DEFINES = regex(rb"\{\{-?[ \t]*define[ \t]")
"""How a template begins that others put in: in a folder of templates, other tools have other ones."""
_PROMISES = (".hcl", ".backend")
_TERRAFORM_LIKE = regex(
    rb"^[ \t]*(?:(?:terraform|include|remote_state|generate|dependency|dependencies|inputs|locals|component|deployment"
    rb'|unit|stack|list|required_providers|feature)\b[ \t]*(?:"[^"\n]*"[ \t]*){0,2}(?:\{|=[ \t]*(?:\{|merge))'
    rb"|(?:bucket|key|prefix|endpoint|region|resource_group_name|storage_account_name|container_name|organization"
    rb"|hostname|dynamodb_table)[ \t]*=)",
    re.MULTILINE,
)
_OTHER_HCL = regex(rb'^(?:job|source|build|target|group|plugin|rule|storage|listener|packer)\b[ \t]*["{]', re.MULTILINE)
_HELMFILE = (
    regex(rb"^releases[ \t]*:", re.MULTILINE),
    regex(rb"^[ \t]+(?:-[ \t]+)?chart[ \t]*:", re.MULTILINE),
)
"""Top-level and lower keys of a helmfile."""
_OBJECT_STORE = (
    regex(rb"^type[ \t]*:[ \t]*[\"']?[A-Z0-9]{2,20}\b", re.MULTILINE),
    regex(rb"^config[ \t]*:", re.MULTILINE),
    regex(rb"^[ \t]+(?:bucket|container)[ \t]*:", re.MULTILINE),
)
"""Keys of the file that tells Thanos and its like where their bucket is."""
_COMPONENT = (
    regex(rb"^implementation[ \t]*:", re.MULTILINE),
    regex(rb"^[ \t]+container[ \t]*:", re.MULTILINE),
    regex(rb"^[ \t]+image[ \t]*:", re.MULTILINE),
)
"""Keys of a component of Kubeflow Pipelines, which is a container and how it is called."""
_RESOURCE = regex(
    rb"arn:aws[a-z-]*:[a-z0-9-]+:[a-z0-9-]*:(?:\d{12}|[xX]{12}):|/subscriptions/[0-9a-f-]{36}/resource[gG]roups/"
    rb"|/locations/[\w-]+/keyRings/|\.iam\.gserviceaccount\.com|\.vault\.azure\.net|\.azurecr\.io/|\.dkr\.ecr\."
)
"""Somebody's own resource, by its whole name: whoever writes it into a file of settings means to use it."""
_OF_CHARTS = tuple(
    key.encode()
    for key in (
        *("serviceAccount", "serviceAccountName", "nodeSelector", "tolerations", "affinity", "replicaCount"),
        *("fullnameOverride", "nameOverride", "podAnnotations", "podLabels", "imagePullSecrets", "ingress"),
        *("persistence", "extraEnv", "extraEnvVars", "serviceMonitor", "podSecurityContext", "autoscaling"),
        *("containerSecurityContext", "readinessProbe", "livenessProbe", "pullPolicy", "storageClass"),
        *("containers", "initContainers", "volumeMounts", "global", "resources"),
    )
)
"""Keys that charts agree on for their values, and those of pods."""
_SCHEMA = regex(rb"^[\"']?(?:openapi|swagger|\$schema)\b|openAPIV3Schema", re.MULTILINE)
_SUITE = regex(rb"^[ \t]+(?:-[ \t]+)?asserts:", re.MULTILINE)
"""What only tests of charts have, which set values and say what comes out."""
_BESIDE_HELMFILES = regex(r"/helmfile\.d/[^/]*/(?!.*/?helmfile[^/]*\Z)")
"""Helmfile reads the files of such a folder, not what lies in folders below: charts and values."""
_FEWEST_OF_CHARTS = 2
_AZURE_TASK = regex(rb"^[ \t]*(?:-[ \t]+)?task:[ \t]*[\"']?[\w.-]+@\d", re.MULTILINE)
_CLOUDFORMATION_ROOT = regex(rb"^(?:AWSTemplateFormatVersion|Transform)[\"']?[ \t]*:", re.MULTILINE)
_OF_CLOUDFORMATION = (b"AWSTemplateFormatVersion", b"Transform")
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_HEAD = 8192
_REMEMBERED = 20_000
"""Paths whose answers are kept: each room asks for every path, one room after another."""


def _globs(patterns: Iterable[str]) -> str:
    return "|".join(translate(pattern) for pattern in patterns)


@cache
def _pieces() -> list[tuple[str, tuple[str, ...]]]:
    """Each kind of place with pieces of which a path there has one: few paths do, and to look for a piece takes a tenth
    of what a pattern does."""
    return [
        (kind, tuple(dict.fromkeys(max(_OPEN.split(pattern), key=len) for pattern in patterns)))
        for kind, patterns in PLACES.items()
    ]


@cache
def _every_piece() -> tuple[str, ...]:
    return tuple({piece for _, pieces in _pieces() for piece in pieces})


_OPEN = regex(r"\*|\?|\[[^\]]*\]")
"""What is no literal in a glob."""


@cache
def _pattern(kind: str) -> re.Pattern[str]:
    return re.compile(_globs(PLACES[kind]))


_KIND = {suffix: kind for kind, suffixes in KINDS.items() for suffix in suffixes}


@lru_cache(maxsize=_REMEMBERED)
def candidate(path: str) -> Language | None:
    """The language that the name promises; ``kubernetes`` stays a promise until ``language_of`` saw the bytes."""
    name = path.rpartition("/")[2]
    if name.lower() in LEFT_OUT:
        return None
    if (place := _place(path)) is not None:
        return READ_PLACES.get(place)
    return _by_suffix(name)


def language_of(path: str, data: bytes) -> Language | None:
    """The language of a file whose bytes are ``data`` (its first bytes do), or None when no parser reads it."""
    language = candidate(path)
    if language == "kubernetes" and path.endswith(".json") and _is_outcome(data):
        return "terraform"
    if language == "kubernetes":
        place = read_place(path)
        if place == HELPERS and _DEFINES.search(data):
            return language
        if path.endswith(_OF_TEMPLATES) and place in (None, HELPERS):
            is_yaml = ".yaml." in path or ".yml." in path or _BEGINS_AS_YAML.match(data) is not None
            return language if is_yaml and _is_manifest(path, data) else None
        if _is_manifest(path, data) or place is not None:
            return language
        if path.endswith(".json"):
            return None
        # Pipelines of Azure DevOps, and the templates that they include, have no fixed place.
        return "delivery" if _AZURE_TASK.search(data) else language if chart_place(data) is not None else None
    if language == "terraform" and path.endswith(_PROMISES) and not _is_terraform(path, data):
        return None
    if language is None and _shebang(path, data) == "python":
        return "python"
    return language


def kind_of(path: str, head: bytes) -> str | None:
    """The kind of a text file that no parser reads (``shell``, ``Go``, ``CloudFormation``…).

    None for our own languages, for binaries, and for what no table names (prose, images, lock files).
    """
    name = path.rpartition("/")[2].lower()
    if name in LEFT_OUT or language_of(path, head) is not None or is_binary(head):
        return None
    if (place := _place(path)) is not None:
        return place
    kind = next((_KIND[suffix] for suffix in _suffixes(name) if suffix in _KIND), None)
    if kind in ("configuration", "template"):
        return next((inner for inner, needles in INSIDE if all(needle in head for needle in needles)), kind)
    return kind or _shebang(path, head)


def read_place(path: str) -> str | None:
    """The kind of a file of CI, Docker, Compose or a chart, which is read and may say more than its parser takes in."""
    place = _place(path)
    return place if place in READ_PLACES else None


def chart_place(data: bytes) -> str | None:
    """What a YAML file of no fixed place and no manifest is by its keys: a helmfile, or values, or read like those."""
    if all(key.search(data) for key in _HELMFILE):
        return HELMFILE
    if any(all(key.search(data) for key in keys) for keys in (_OBJECT_STORE, _COMPONENT)):
        return CHART_VALUES
    others = (_CLOUDFORMATION_ROOT, _SCHEMA, _SUITE)
    if _RESOURCE.search(data):
        return None if any(other.search(data) for other in others) else CHART_VALUES
    keys = (key for key in _OF_CHARTS if key in data and re.search(rb"^ *%b[ \t]*:" % key, data, re.MULTILINE))
    if len(list(islice(keys, _FEWEST_OF_CHARTS))) < _FEWEST_OF_CHARTS:
        return None
    return None if any(other.search(data) for other in others) else CHART_VALUES


def is_binary(head: bytes) -> bool:
    """Whether the bytes are no text: a NUL near the start, unless a byte order mark says UTF-16."""
    return b"\0" in head[:_HEAD] and not head.startswith(_UTF16)


def is_outcome(path: str) -> bool:
    """Whether a file that is Terraform's by its bytes is a plan or a state, and no configuration."""
    return path.endswith((".json", ".tfstate")) and not path.endswith((".tf.json", ".tofu.json", ".tfvars.json"))


def _is_manifest(path: str, data: bytes) -> bool:
    if data.startswith(_UTF16):
        data = data.decode("utf-16", "replace").encode()
    if b"apiVersion" not in data:  # a pattern takes ten times as long to find that out
        return False
    if path.endswith(".json"):
        return _MANIFEST["json"].search(data) is not None and b'"kind"' in data
    return b"kind" in data and _MANIFEST["yaml"].search(data) is not None and not _is_cloudformation(data)


def _is_cloudformation(data: bytes) -> bool:
    return any(word in data for word in _OF_CLOUDFORMATION) and _CLOUDFORMATION_ROOT.search(data) is not None


def _is_outcome(data: bytes) -> bool:
    """Whether JSON is a plan or a state of Terraform or OpenTofu, whatever its version."""
    if b'"format_version"' in data:
        return b'"planned_values"' in data or (b'"terraform_version"' in data and b'"root_module"' in data)
    return b'"terraform_version"' in data and b'"lineage"' in data and b'"serial"' in data


def _is_terraform(path: str, data: bytes) -> bool:
    """Whether HCL is Terragrunt's, a stack's, a query's or completes a backend, and not another tool's."""
    if path.endswith((".tfquery.hcl", ".tfcomponent.hcl", ".tfstack.hcl", ".tfdeploy.hcl", "terragrunt.hcl")):
        return True
    return _TERRAFORM_LIKE.search(data) is not None and not _OTHER_HCL.search(data)


@lru_cache(maxsize=_REMEMBERED)
def _place(path: str) -> str | None:
    """Where a file stands, unless its suffix alone settles what it is."""
    if _by_suffix(path.rpartition("/")[2]) in ("python", "terraform") and not path.endswith(_PROMISES):
        return None
    rooted = f"/{path.lower()}"
    if not any(map(rooted.__contains__, _every_piece())):
        return None
    may_be = (kind for kind, pieces in _pieces() if any(map(rooted.__contains__, pieces)))
    kinds = (kind for kind in may_be if _pattern(kind).match(rooted))
    return next((kind for kind in kinds if kind != HELMFILE or not _BESIDE_HELMFILES.search(rooted)), None)


def _by_suffix(name: str) -> Language | None:
    return next((LANGUAGES[suffix] for suffix in _suffixes(name) if suffix in LANGUAGES), None)


def _shebang(path: str, data: bytes) -> str | None:
    if not data.startswith(b"#!") or "." in path.rpartition("/")[2]:
        return None
    line = data[:256].partition(b"\n")[0]
    return next((kind for kind, regex in SHEBANGS if regex.match(line)), None)


def _suffixes(name: str) -> Iterator[str]:
    """Every suffix of a name, longest first: ``a.tf.json`` gives ``.tf.json``, ``.json``."""
    dot = name.find(".")
    while dot >= 0:
        yield name[dot:]
        dot = name.find(".", dot + 1)
