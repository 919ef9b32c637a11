"""Mail back ends of Django for SES: what the settings say after the edit, read as Django would read them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from portability.catalogue import Catalogue
from tests.proposals.conftest import applied, edited

NEW = {"EMAIL_HOST": "mail.nl", "EMAIL_PORT": "587", "EMAIL_HOST_USER": "shop", "EMAIL_HOST_PASSWORD": "of the run"}


@pytest.mark.parametrize(
    "code",
    [
        'EMAIL_BACKEND = "django_ses.SESBackend"\n',
        'DEBUG = False\nif not DEBUG:\n    EMAIL_BACKEND = "anymail.backends.amazon_ses.EmailBackend"  # mail\n',
        'import os\n\nEMAIL_BACKEND = "django_ses.SESBackend"\nAWS_SES_REGION_NAME = "eu-west-1"\n',
        'import os\n\nEMAIL_HOST = os.environ["EMAIL_HOST"]\nEMAIL_BACKEND = "django_ses.SESBackend"\n',
    ],
)
def test_the_back_end_for_ses_becomes_djangos_own(
    tmp_path: Path, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    for name, value in NEW.items():
        monkeypatch.setenv(name, value)
    (tmp_path / "settings.py").write_text(code)
    after = applied(tmp_path, catalogue, "self-hosted")["settings.py"]
    said: dict[str, Any] = {}
    exec(compile(after, "settings.py", "exec"), said)
    assert said["EMAIL_BACKEND"] == "django.core.mail.backends.smtp.EmailBackend"
    assert {name: str(said[name]) for name in NEW} == NEW
    assert said["EMAIL_USE_TLS"] is True
    assert after.count('os.environ["EMAIL_HOST"]') == 1
    assert ("# mail" in after) == ("# mail" in code)


@pytest.mark.parametrize(
    "code",
    [
        'OTHER = "django_ses.SESBackend"\n',
        'BACKENDS = {"mail": "django_ses.SESBackend"}\n',
        "import django_ses\n\nprint(django_ses.SESBackend)\n",
    ],
)
def test_what_chooses_no_back_end_of_the_settings_stays(tmp_path: Path, catalogue: Catalogue, code: str) -> None:
    (tmp_path / "settings.py").write_text(code)
    assert edited(tmp_path, catalogue, "self-hosted").patches == []
