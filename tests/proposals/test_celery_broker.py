"""Celery on SQS gets its broker from the environment, wherever the address is set; all else stays and says why."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from portability.catalogue import Catalogue
from tests.proposals.conftest import applied, edited


@pytest.mark.parametrize(
    ("code", "where"),
    [
        ('CELERY_BROKER_URL = "sqs://"\n', "CELERY_BROKER_URL"),
        ('key = "k"\nbroker_url = f"sqs://{key}:{key}@"  # of the old days\n', "broker_url"),
        ('CELERY: dict = {"broker_url": "sqs://"}\nurl = CELERY["broker_url"]\n', "url"),
    ],
)
@pytest.mark.parametrize("target", ["ovhcloud", "self-hosted"])
def test_the_address_comes_from_the_environment(
    tmp_path: Path, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch, code: str, where: str, target: str
) -> None:
    (tmp_path / "settings.py").write_text(f"from celery import Celery\n{code}")
    after = applied(tmp_path, catalogue, target)["settings.py"]
    assert "sqs://" not in after
    assert after.count("#") == code.count("#")
    monkeypatch.setenv("CELERY_BROKER_URL", "amqp://mq.example.nl")
    settings: dict[str, Any] = {}
    exec(compile(after.replace("from celery import Celery\n", ""), "settings.py", "exec"), settings)
    assert settings[where] == "amqp://mq.example.nl"


def test_an_argument_that_is_the_broker(tmp_path: Path, catalogue: Catalogue) -> None:
    (tmp_path / "tasks.py").write_text('from celery import Celery\napp = Celery("tasks", broker="sqs://")\n')
    assert 'Celery("tasks", broker=os.environ["CELERY_BROKER_URL"])' in applied(tmp_path, catalogue)["tasks.py"]


@pytest.mark.parametrize(
    ("code", "after"),
    [
        ('app.conf.broker_url = "sqs://"', 'app.conf.broker_url = os.environ["CELERY_BROKER_URL"]'),
        (
            'app.conf.update(broker_url="sqs://", broker_transport_options={"region": "eu-west-1"})',
            'app.conf.update(broker_url=os.environ["CELERY_BROKER_URL"])',
        ),
        (
            'app.config_from_object({"broker_url": "sqs://", "imports": []})',
            'app.config_from_object({"broker_url": os.environ["CELERY_BROKER_URL"], "imports": []})',
        ),
        ('app2 = Celery(broker=os.environ.get("BROKER", "sqs://"))', 'app2 = Celery(broker=os.environ["BROKER"])'),
        (
            'BROKER_URL = "sqs://"\nBROKER_TRANSPORT_OPTIONS = {\n    "region": r,\n    "is_secure": 1,\n}\nx = 1',
            'BROKER_URL = os.environ["CELERY_BROKER_URL"]\nx = 1',
        ),
        (
            'CELERY = {\n    "broker_url": "https://sqs.eu-west-1.amazonaws.com",\n    "broker_transport": "sqs",\n'
            '    "timezone": "UTC",  # here\n}',
            'CELERY = {\n    "broker_url": os.environ["CELERY_BROKER_URL"],\n    "timezone": "UTC",  # here\n}',
        ),
    ],
)
def test_every_form_of_the_setting(tmp_path: Path, catalogue: Catalogue, code: str, after: str) -> None:
    (tmp_path / "tasks.py").write_text(f"import os\nfrom celery import Celery\napp = Celery()\n{code}\n")
    assert applied(tmp_path, catalogue)["tasks.py"].endswith(f"app = Celery()\n{after}\n")


@pytest.mark.parametrize(
    "options",
    [
        '{"region": "eu-west-1", "max_retries": 3}',
        "options\nkept = BROKER_TRANSPORT_OPTIONS",
    ],
)
def test_options_that_others_may_need_stay(tmp_path: Path, catalogue: Catalogue, options: str) -> None:
    code = f'from celery import Celery\nBROKER_URL = "sqs://"\nBROKER_TRANSPORT_OPTIONS = {options}\n'
    (tmp_path / "settings.py").write_text(code)
    assert f"BROKER_TRANSPORT_OPTIONS = {options}" in applied(tmp_path, catalogue)["settings.py"]


@pytest.mark.parametrize(
    ("code", "why"),
    [
        ('broker_url = choose("sqs://")\n', "handed on"),
        ('app.conf.update(broker_transport="sqs")\n', "apart from its address"),
    ],
)
def test_what_is_not_plain_stays_and_says_why(tmp_path: Path, catalogue: Catalogue, code: str, why: str) -> None:
    (tmp_path / "settings.py").write_text(f"from celery import Celery\napp = Celery()\n{code}")
    found = edited(tmp_path, catalogue)
    assert found.patches == []
    assert any(why in reason for reason in found.left.values()), found.left
