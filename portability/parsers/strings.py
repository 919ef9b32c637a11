"""What a literal says by itself: ARNs, host names, machine images, IAM actions and roles, provider commands in scripts.

Everything here is syntax; whether a name is a provider's, the interest tells. Scripts are matched, never run.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Final, NamedTuple

from portability.model import Namespace
from portability.patterns import regex

_HOLE = r"\$?\{[^{}\s]{0,80}\}|%s|<[\w-]{1,40}>"
_ARN = regex(r"(?<!\w)arn:(aws(?:-[a-z]+)*|\{[^{}\s]{0,80}\}|%s):([a-z][a-z0-9-]*):")
_HOST = regex(
    r"(?:(?<![\w.$-])(?!(?<=%)[0-9A-Fa-f]{2})|(?<=%[0-9A-Fa-f]{2}))"  # %2F may stand before it in an address
    rf"(?:(?:[A-Za-z0-9_*-]|{_HOLE}){{1,63}}\.){{1,12}}(?:com\.cn|[a-z]{{2,8}})(?![\w-]|\.[A-Za-z])"
)
_HOLES = regex(_HOLE)
_NO_HOSTS: Final = frozenset({"type.googleapis.com"})
"""What looks like a host and is none: the prefix of a Protocol Buffers type's name."""
_IMAGE = regex(r"(?<![\w-])ami-(?:[0-9a-f]{17}|[0-9a-f]{8})(?![\w-])")
_ACTION = regex(r"(?<![\w:/.-])([a-z][a-z0-9-]{1,40}):(?:[A-Z][A-Za-z0-9]*\*?|\*)(?![\w:/.])")
_ROLE = regex(r"(?<![\w/.-])roles/[a-z][A-Za-z]{1,40}\.(?!(?:ya?ml|json|tf|py|sh|md|txt|html)\b)[A-Za-z][\w.]{1,60}\b")
_METADATA = regex(
    r"169\.254\.169\.254/(latest|metadata|computeMetadata)\b|169\.254\.170\.2\b|\[fd00:ec2::254\]"
    r"|(?<!google\.internal/)\b(computeMetadata)/v1"
)

GROUPED: Final = frozenset({"aws", "az", "gcloud"})
"""Programs whose first word is a group that names the service."""
PROGRAMS: Final = (
    "aws|aws-iam-authenticator|sam|cdk|eksctl|copilot|ecs-cli|chalice|zappa|amplify|"
    "az|azcopy|azd|func|swa|kubelogin|gcloud|gsutil|bq|cbt|firebase|gke-gcloud-auth-plugin|cloud_sql_proxy|cloud-sql-proxy"
)
"""Programs of the providers, as alternatives of a pattern."""
_COMMAND = regex(
    r"(?:^|[;|&(`{\"']|\b(?:sudo|then|do|else|if|while|until|exec|time|nohup|xargs)[ \t])[ \t]*"
    r"(?:(?:[A-Za-z_]\w*=[^\s;|&]*|sudo|-\w+|!)[ \t]+){0,6}"
    rf"(?:/?(?:[\w.-]+/){{0,6}})({PROGRAMS})(?=[ \t\n\\]|$)(?![ \t]*[:=])([^\n;|&)`]{{0,300}})",
    re.MULTILINE,
)
_INSTALL = regex(
    r"\b(?:(pip3?(?:\.\d+)?|pipx|uv|poetry|conda|mamba)|apt|apt-get|apk|yum|dnf|microdnf|tdnf|npm|yarn|pnpm|brew)[ \t]"
    r"(?:[^\n;&|\\]|\\\n){0,80}?\b(?:install|add)\b((?:[^;&|\n\\]|\\\n){1,2000})"
)
_SEPARATORS = regex(r"[-_.]+")
_PACKAGE = regex(r"(?<![\w./@=<>:\[,-])([A-Za-z][\w.-]{1,80})(?:\[([\w.,-]{1,80})\])?")
_STORES: Final = frozenset({"aws s3", "aws s3api"})
_ELSEWHERE = regex(r"(?:[^\n;|&\\]|\\[^\n]|\\\n){0,1000}?--endpoint-url[ \t=]+(?!\S{0,200}amazonaws)")
"""How a command goes on that speaks S3 with somebody else."""
_WORD = regex(r"[a-z][a-z0-9-]*")
_SWITCHES: Final = frozenset({"--debug", "--no-cli-pager", "--no-verify-ssl", "--no-sign-request", "--quiet", "-q"})
"""Options that take no value and may stand before the group."""
_MOST_WORDS: Final = 3
"""Words behind a program that may name a service."""
_CHANNELS: Final = frozenset({"alpha", "beta"})


class Tie(NamedTuple):
    """A name in a literal: its namespace, its symbol, and the characters from ``start`` to before ``end``."""

    namespace: Namespace
    symbol: str
    start: int
    end: int


def ties(text: str) -> list[Tie]:
    """ARNs (``arn:aws:sqs``), host names with ``*`` for what is filled in, AMIs (``ami``) and Google's predefined roles
    (``roles/pubsub.publisher``), in order."""
    found: list[Tie] = []
    if "arn:" in text:
        for match in _ARN.finditer(text):
            partition = match[1] if match[1].startswith("aws") else "aws"
            found.append(Tie("string", f"arn:{partition}:{match[2]}", match.start(), match.end() - 1))
    if "ami-" in text:
        found.extend(Tie("string", "ami", match.start(), match.end()) for match in _IMAGE.finditer(text))
    if "roles/" in text:
        found.extend(Tie("string", match[0], match.start(), match.end()) for match in _ROLE.finditer(text))
    if "169.254." in text or "fd00:ec2" in text or "computeMetadata" in text:
        found.extend(_metadata(text))
    if "." in text:
        for match in _HOST.finditer(text):
            host = _HOLES.sub("*", match[0]).lower()
            if host not in _NO_HOSTS:
                found.append(Tie("string", host, match.start(), match.end()))
    return sorted(found, key=lambda tie: tie.start)


def actions(text: str) -> list[Tie]:
    """IAM actions (``dynamodb:PutItem``, ``s3:*``) in what is known to be a policy document, or one action."""
    return [Tie("string", match[0], match.start(), match.end()) for match in _ACTION.finditer(text)]


def role(text: str) -> Tie:
    """A text that names a role, as Azure names its built-in ones: ``role/Key Vault Secrets User``."""
    return Tie("string", f"role/{text}", 0, len(text))


def commands(text: str, claims: Callable[[str], bool]) -> list[Tie]:
    """Provider commands in a script, by program and service (``aws sqs``, ``gsutil``), and metadata addresses.
    ``claims`` says whether a service has a longer name for its own, as ``az storage queue``."""
    found = [*_commands(text, claims), *_metadata(text)]
    return sorted(found, key=lambda tie: tie.start)


def installed(text: str, wants: Callable[[Namespace, str], bool]) -> Iterator[Tie]:
    """What a script installs and somebody ``wants``: ``install google-cloud-cli``, whoever packs it, or a distribution
    of Python by its normalised name."""
    if "install" in text or " add " in text:
        for command in _INSTALL.finditer(text):
            for word in _PACKAGE.finditer(text, command.start(2), command.end(2)):
                name = word[1].lower()
                distribution = _SEPARATORS.sub("-", name)
                extras = (f"{distribution}[{extra}]" for extra in (word[2] or "").lower().split(","))
                if wants("command", f"install {name}"):
                    yield Tie("command", f"install {name}", word.start(), word.end())
                elif command[1] and (found := next((it for it in (distribution, *extras) if wants("package", it)), "")):
                    yield Tie("package", found, word.start(), word.end())


def _commands(text: str, claims: Callable[[str], bool]) -> Iterator[Tie]:
    for match in _COMMAND.finditer(text):
        program, rest = match[1], match[2]
        start = match.start(1)
        if program not in GROUPED:
            yield Tie("command", program, start, match.end(1))
        elif words := list(islice(_words(rest), _MOST_WORDS)):
            names = [f"{program} {' '.join(word[0] for word in words[: end + 1])}" for end in range(len(words))]
            if names[0] in _STORES and _ELSEWHERE.match(text, match.end(1)):
                continue
            longest = next((end for end in range(len(words) - 1, 0, -1) if claims(names[end])), 0)
            yield Tie("command", names[longest], start, match.start(2) + words[longest].end())


def _words(arguments: str) -> Iterator[re.Match[str]]:
    """The words that are neither an option nor an option's value, up to the first that can name nothing: the first is
    the service that a command is about, or a group of several."""
    position, after_option = 0, False
    while position < len(arguments):
        if arguments[position] in " \t\\":
            position += 1
            continue
        end = position
        while end < len(arguments) and arguments[end] not in " \t":
            end += 1
        word = arguments[position:end]
        if word.startswith("-"):
            after_option = "=" not in word and word not in _SWITCHES
        elif after_option:
            after_option = False
        elif word not in _CHANNELS:
            found = _WORD.fullmatch(arguments, position, end)
            if found is None:
                return
            yield found
        position = end


def _metadata(text: str) -> Iterator[Tie]:
    for match in _METADATA.finditer(text):
        symbol = f"169.254.169.254/{match[2]}" if match[2] else match[0].strip("[]")
        yield Tie("string", symbol, match.start(), match.end())
