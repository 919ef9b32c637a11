"""Mail that Django sends by a back end for SES goes out over SMTP, by Django's own back end: the code stays.

https://docs.djangoproject.com/en/stable/topics/email/#smtp-backend, read 2026-12-01.
"""

from __future__ import annotations

from collections.abc import Sequence

import libcst as cst

from portability.model import Finding
from portability.proposals.source_edits.calls import quoted
from portability.proposals.source_edits.file import SourceFile
from portability.proposals.source_edits.settings import settings

SERVICES = frozenset({"aws/ses"})
INTERFACE = "smtp"
_BACKENDS = ("django_ses.", "django_amazon_ses.", "seacucumber.", "anymail.backends.amazon_ses")
_SMTP = "django.core.mail.backends.smtp.EmailBackend"
_SAID = {
    "EMAIL_HOST": 'os.environ["EMAIL_HOST"]',
    "EMAIL_PORT": 'int(os.environ["EMAIL_PORT"])',
    "EMAIL_HOST_USER": 'os.environ["EMAIL_HOST_USER"]',
    "EMAIL_HOST_PASSWORD": 'os.environ["EMAIL_HOST_PASSWORD"]',
    "EMAIL_USE_TLS": "True",
}


def edit(file: SourceFile, findings: Sequence[Finding]) -> None:
    """Edit where the settings choose the back end."""
    for finding in findings:
        name = file.at(finding.location, cst.SimpleString)
        line = _line(file, name) if name is not None and finding.symbol.startswith(_BACKENDS) else None
        if name is None or line is None:
            continue
        file.replace(name, quoted(_SMTP))
        file.follow(line, *(f"{key} = {code}" for key, code in _SAID.items() if not file.says(key)))
        file.import_("os")
        file.done(finding)
        file.decide(
            "EMAIL_HOST, EMAIL_PORT, EMAIL_HOST_USER and EMAIL_HOST_PASSWORD say which SMTP server sends; it is "
            "spoken to by STARTTLS, on port 587 as a rule."
        )
        file.decide(
            "Settings of the old back end (AWS_SES_…, ANYMAIL) mean nothing any more; what counted bounces and "
            "complaints reads what the new server reports."
        )


def _line(file: SourceFile, name: cst.SimpleString) -> cst.SimpleStatementLine | None:
    """The settings' statement that chooses the back end by a name; None where it is another."""
    line = next((one for one in file.ancestors(name) if isinstance(one, cst.SimpleStatementLine)), None)
    chosen = next(settings(cst.Module([line])), None) if line is not None and len(line.body) == 1 else None
    return line if chosen is not None and chosen.name == "EMAIL_BACKEND" else None
