"""Settings of django-storages: the S3 back end gets its endpoint, region and domain from the environment, and the back
ends of Azure and Google become the one for S3 where all of their options have a counterpart. A class of one's own that
is such a back end for S3 says the same of itself.

https://django-storages.readthedocs.io/en/latest/backends/amazon-S3.html, and the pages beside it for Azure and Google,
read 2026-11-30.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import NamedTuple

import libcst as cst
import libcst.matchers as m

from portability.model import Finding
from portability.patterns import regex
from portability.proposals.source_edits.calls import entries, quoted, silent, text
from portability.proposals.source_edits.file import SourceFile
from portability.proposals.source_edits.names import meaning
from portability.proposals.source_edits.results import NotPlain
from portability.proposals.source_edits.settings import Setting, setting, settings

SERVICES = frozenset({"aws/s3", "azure/blob-storage", "google/cloud-storage"})
INTERFACE = "s3"
_S3 = "storages.backends.s3.S3Storage"
_OLD = ".amazonaws.com"
_ENDPOINT = 'os.environ["AWS_S3_ENDPOINT_URL"]'
_BUCKET = regex(r"AWS_STORAGE_BUCKET_NAME|AZURE_CONTAINER|GS_BUCKET_NAME|bucket_name|azure_container")


class _Backend(NamedTuple):
    """How a back end that is no S3 says what S3's says too.

    ``settings`` and ``options`` are old names → new ones, empty for what falls away; ``defaults`` are what S3's must be
    told, by option, where the old back end says nothing, since they differ in what they take for granted.
    """

    prefix: str
    settings: Mapping[str, str]
    options: Mapping[str, str]
    defaults: Mapping[str, str]


_BACKENDS: Mapping[str, _Backend] = {
    "storages.backends.azure_storage.AzureStorage": _Backend(
        "AZURE_",
        {"CONTAINER": "STORAGE_BUCKET_NAME", "LOCATION": "LOCATION", "OVERWRITE_FILES": "S3_FILE_OVERWRITE",
         "URL_EXPIRATION_SECS": "QUERYSTRING_EXPIRE",
         **dict.fromkeys(("ACCOUNT_NAME", "ACCOUNT_KEY", "CONNECTION_STRING", "TOKEN_CREDENTIAL", "SSL"), "")},
        {"azure_container": "bucket_name", "location": "location", "overwrite_files": "file_overwrite",
         "expiration_secs": "querystring_expire",
         **dict.fromkeys(("account_name", "account_key", "connection_string", "token_credential", "azure_ssl"), "")},
        {"file_overwrite": "False"},
    ),
    "storages.backends.gcloud.GoogleCloudStorage": _Backend(
        "GS_",
        {"BUCKET_NAME": "STORAGE_BUCKET_NAME", "LOCATION": "LOCATION", "FILE_OVERWRITE": "S3_FILE_OVERWRITE",
         "QUERYSTRING_AUTH": "QUERYSTRING_AUTH", "PROJECT_ID": "", "CREDENTIALS": ""},
        {"bucket_name": "bucket_name", "location": "location", "file_overwrite": "file_overwrite",
         "querystring_auth": "querystring_auth", "project_id": "", "credentials": ""},
        {"querystring_expire": "86400"},
    ),
}  # fmt: skip
_SETTING = {
    "file_overwrite": "AWS_S3_FILE_OVERWRITE",
    "querystring_expire": "AWS_QUERYSTRING_EXPIRE",
    "querystring_auth": "AWS_QUERYSTRING_AUTH",
}


_SET = (
    "AWS_S3_ENDPOINT_URL, AWS_S3_REGION_NAME and AWS_S3_CUSTOM_DOMAIN, where the settings read them, say where "
    "files are; credentials are AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY."
)


def edit(file: SourceFile, findings: Sequence[Finding]) -> None:
    """Edit where a back end is chosen by its name, in Django's settings, and classes that are one."""
    for finding in findings:
        if finding.symbol.startswith("storages.backends.s3"):
            _subclassed(file, finding)
    _chosen(file, findings)


def _chosen(file: SourceFile, findings: Sequence[Finding]) -> None:
    """Edit the settings that name a back end."""
    done: list[tuple[Finding, cst.SimpleStatementLine]] = []
    options: list[Setting] = []
    for finding in findings:
        name = file.at(finding.location, cst.SimpleString)
        found = setting(file, name) if name is not None and finding.symbol.startswith("storages.backends.") else None
        line = _line(file, found.holder) if found is not None else None
        if name is None or found is None or line is None:
            continue
        try:
            if "import *" in file.text and not _BUCKET.search(file.text):
                raise NotPlain("The settings that it takes over from elsewhere may say the rest.")
            if (old := _BACKENDS.get(finding.symbol)) is not None:
                _converted(file, found, old)
                file.replace(name, quoted(_S3))
            elif not finding.symbol.startswith("storages.backends.s3"):
                raise NotPlain("It is a class of its own that wraps the back end.")
        except NotPlain as why:
            file.leave(finding, str(why))
        else:
            done.append((finding, line))
            options += _options(file, found)
    if not done:
        return
    changed = _repointed(file, [*_statements(file), *options])
    if "AWS_S3_ENDPOINT_URL" not in file.text and "endpoint_url" not in file.text:
        file.follow(done[-1][1], f"AWS_S3_ENDPOINT_URL = {_ENDPOINT}")
        changed = True
    if changed or any(finding.symbol in _BACKENDS for finding, _ in done):
        file.import_("os")
        file.done(*(finding for finding, _ in done))
        file.decide(_SET)
    if any(finding.symbol in _BACKENDS for finding, _ in done):
        file.decide(
            "Install django-storages[s3], and look at who may read files: back ends differ in signed addresses."
        )


def _subclassed(file: SourceFile, finding: Finding) -> None:
    """Let the classes whose base is an imported back end say where the store is."""
    own = [one for one in file.all(cst.ClassDef) if any(meaning(file, b.value) == finding.symbol for b in one.bases)]
    for one in own:
        said = {setting.name: setting for setting in settings(one.body)}
        if "endpoint_url" in said or not isinstance(one.body, cst.IndentedBlock):
            continue
        _repointed(file, list(said.values()))
        file.change(one.body, _with_endpoint)
        file.import_("os")
        file.done(finding)
        file.decide(_SET)


def _with_endpoint(block: cst.IndentedBlock) -> cst.IndentedBlock:
    """The body of a class with its endpoint before all else that it says."""
    body = list(block.body)
    documented = m.SimpleStatementLine([m.Expr(m.SimpleString() | m.ConcatenatedString())])
    at = int(m.matches(body[0], documented))
    new = cst.ensure_type(cst.parse_statement(f"endpoint_url = {_ENDPOINT}"), cst.SimpleStatementLine)
    if at < len(body) and isinstance(first := body[at], cst.SimpleStatementLine):
        blank = [line for line in first.leading_lines if line.comment is None]
        if len(blank) == len(first.leading_lines):
            new, body[at] = new.with_changes(leading_lines=blank), first.with_changes(leading_lines=[])
    return block.with_changes(body=[*body[:at], new, *body[at:]])


def _line(file: SourceFile, holder: cst.CSTNode) -> cst.SimpleStatementLine | None:
    """The settings' statement that chooses a back end; None where it is no setting of a module."""
    line = next((one for one in file.ancestors(holder) if isinstance(one, cst.SimpleStatementLine)), None)
    whole = next(settings(cst.Module([line])), None) if line is not None else None
    return line if whole is not None and whole.name.isupper() else None


def _repointed(file: SourceFile, options: Sequence[Setting]) -> bool:
    """Take region and domain out of the settings and of options, where they are written out."""
    changed = False
    for one in options:
        name = one.name.upper()
        if name in ("AWS_S3_REGION_NAME", "REGION_NAME") and text(one.value) is not None:
            variable = "AWS_S3_REGION_NAME"
        elif name in ("AWS_S3_CUSTOM_DOMAIN", "CUSTOM_DOMAIN") and _OLD in file.source(one.value):
            variable = "AWS_S3_CUSTOM_DOMAIN"
        elif name == "AWS_S3_ENDPOINT_URL" and _OLD in file.source(one.value):
            variable = "AWS_S3_ENDPOINT_URL"
        else:
            continue
        file.replace(one.value, f'os.environ["{variable}"]')
        changed = True
    return changed


def _statements(file: SourceFile) -> Iterator[Setting]:
    for kind in (cst.Module, cst.IndentedBlock):
        for node in file.all(kind):
            yield from settings(node)


def _options(file: SourceFile, chosen: Setting) -> list[Setting]:
    """The options beside a back end in STORAGES."""
    whole = [one.value for one in settings(file.parent(chosen.holder)) if one.name == "OPTIONS"]
    return [one for value in whole for one in settings(value)]


def _converted(file: SourceFile, chosen: Setting, old: _Backend) -> None:
    """Give S3's back end what the old one was told. Raises NotPlain where one of its options has no counterpart."""
    if isinstance(chosen.holder, cst.DictElement):
        _converted_options(file, chosen, old)
    else:
        _converted_settings(file, old)


def _converted_options(file: SourceFile, chosen: Setting, old: _Backend) -> None:
    whole = next((one for one in settings(file.parent(chosen.holder)) if one.name == "OPTIONS"), None)
    given = entries(whole.value) if whole is not None else {}
    if chosen.name != "BACKEND" or whole is None or not given:
        raise NotPlain("Its options are not written out beside it.")
    _fits(given, old.options)
    new = {old.options[name] for name in given}
    missing = {name: code for name, code in old.defaults.items() if name not in new}
    file.change(whole.value, lambda node: _dict(node, old.options, missing))


def _converted_settings(file: SourceFile, old: _Backend) -> None:
    mine = {one.name.removeprefix(old.prefix): one for one in _statements(file) if one.name.startswith(old.prefix)}
    _fits({name: one.value for name, one in mine.items()}, old.settings)
    bucket = next((one for name, one in mine.items() if old.settings[name] == "STORAGE_BUCKET_NAME"), None)
    line = file.parent(bucket.holder) if bucket is not None else None
    if not isinstance(line, cst.SimpleStatementLine):
        raise NotPlain("The settings do not say which bucket it is.")
    if any(f"AWS_{new}" in file.text for new in old.settings.values() if new):
        raise NotPlain("The settings have a bucket of S3 too.")
    for one in mine.values():
        if sum(name.value == one.name for name in file.all(cst.Name)) != 1 or not isinstance(one.holder, cst.Assign):
            raise NotPlain(f"{one.name} is used for something else too.")
    for name, one in mine.items():
        if new := old.settings[name]:
            file.change(one.holder, partial(_named, f"AWS_{new}"))
        else:
            file.remove(one.holder)
    said = {f"AWS_{old.settings[name]}" for name in mine}
    file.follow(line, *(f"{_SETTING[one]} = {code}" for one, code in old.defaults.items() if _SETTING[one] not in said))


def _fits(given: Mapping[str, cst.BaseExpression], known: Mapping[str, str]) -> None:
    if more := sorted(given.keys() - known.keys()):
        raise NotPlain(f"S3's back end has nothing like {', '.join(more)}.")


def _named(name: str, node: cst.Assign) -> cst.Assign:
    return node.with_changes(targets=[node.targets[0].with_changes(target=cst.Name(name))])


def _dict(node: cst.Dict, known: Mapping[str, str], more: Mapping[str, str]) -> cst.Dict:
    """Options by their new names, and more of them, laid out alike."""
    elements: list[cst.BaseDictElement] = []
    for one in node.elements:
        name = known[text(one.key) or ""] if isinstance(one, cst.DictElement) else ""
        if isinstance(one, cst.DictElement) and name:
            elements.append(one.with_changes(key=cst.SimpleString(quoted(name))))
    last = node.elements[-1].comma
    between = node.elements[0].comma if len(node.elements) > 1 else cst.MaybeSentinel.DEFAULT
    if isinstance(between, cst.Comma):
        between = between.with_changes(whitespace_after=silent(between.whitespace_after))
    if (
        elements
        and more
        and isinstance(node.elements[-1], cst.DictElement)
        and known[text(node.elements[-1].key) or ""]
    ):
        elements[-1] = elements[-1].with_changes(comma=between)
    for name, code in more.items():
        elements.append(cst.DictElement(cst.SimpleString(quoted(name)), cst.parse_expression(code), comma=between))
    if elements and (more or len(elements) < len(node.elements)):
        elements[-1] = elements[-1].with_changes(comma=last)
    return node.with_changes(elements=elements)
