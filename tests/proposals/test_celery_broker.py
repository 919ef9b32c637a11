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
    ("code", "why"),
    [
        ('import os\nbroker_url = os.environ.get("BROKER", "sqs://")\n', "a default"),
        ('app.conf.update(broker_transport="sqs")\n', "apart from its address"),
    ],
)
def test_what_is_not_plain_stays_and_says_why(tmp_path: Path, catalogue: Catalogue, code: str, why: str) -> None:
    (tmp_path / "settings.py").write_text(f"from celery import Celery\napp = Celery()\n{code}")
    found = edited(tmp_path, catalogue)
    assert found.patches == []
    assert any(why in reason for reason in found.left.values()), found.left
