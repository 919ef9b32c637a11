"""Mail sent by the SES API goes out over SMTP: what is plain sends the same message, all else stays and says why."""

from __future__ import annotations

import smtplib
from email.message import Message
from pathlib import Path
from typing import Any

import pytest

from portability.catalogue import Catalogue
from tests.proposals.conftest import applied, edited

PLAIN = '''\
"""Sends mail."""
from email.mime.text import MIMEText

import boto3
from botocore.exceptions import ClientError

ses = boto3.client("ses", region_name="eu-west-1")


def welcome(to, name):
    answer = ses.send_email(
        Source="shop@example.nl",
        Destination={"ToAddresses": [to], "BccAddresses": ["copy@example.nl"]},
        Message={
            "Subject": {"Data": f"Welcome {name}"},
            "Body": {"Text": {"Data": "Hello", "Charset": "UTF-8"}, "Html": {"Data": "<p>Hello</p>"}},
        },
    )
    return answer["MessageId"]


def raw(to):
    message = MIMEText("Raw")
    message["Subject"] = "As it is"
    message["From"] = "shop@example.nl"
    try:
        ses.send_raw_email(Source="bounce@example.nl", Destinations=[to], RawMessage={"Data": message.as_string()})
    except ClientError as error:
        raise RuntimeError("not sent") from error


def second(to):
    client = boto3.client("sesv2")
    client.send_email(
        FromEmailAddress="shop@example.nl",
        Destination={"ToAddresses": [to]},
        Content={"Simple": {"Subject": {"Data": "Two"}, "Body": {"Text": {"Data": "v2"}}}},
        ReplyToAddresses=["reply@example.nl"],
    )
'''


_ERRORS = ("from botocore.exceptions import ClientError", "ClientError = KeyError")
"""Tests run without botocore."""


class Server:
    """A mail server that keeps what it is sent."""

    sent: list[tuple[Message, Any, Any]]
    refuses = False

    def __init__(self, host: str, port: int) -> None:
        assert (host, port) == ("mail.example.nl", 587)

    def __enter__(self) -> Server:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def starttls(self, *, context: object) -> None:
        assert context is not None

    def login(self, user: str, password: str) -> None:
        assert (user, password) == ("shop", "a password")

    def send_message(self, message: Message, sender: Any, recipients: Any) -> None:
        if self.refuses:
            raise smtplib.SMTPRecipientsRefused({})
        self.sent.append((message, sender, recipients))


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> type[Server]:
    monkeypatch.setattr(Server, "sent", [], raising=False)
    monkeypatch.setattr(Server, "refuses", False)
    monkeypatch.setattr(smtplib, "SMTP", Server)
    for name, value in [("HOST", "mail.example.nl"), ("PORT", "587"), ("USER", "shop"), ("PASSWORD", "a password")]:
        monkeypatch.setenv(f"SMTP_{name}", value)
    return Server


@pytest.mark.parametrize("target", ["ovhcloud", "self-hosted"])
def test_plain_mail_is_the_same_mail(tmp_path: Path, catalogue: Catalogue, server: type[Server], target: str) -> None:
    (tmp_path / "app.py").write_text(PLAIN)
    after = applied(tmp_path, catalogue, target)["app.py"]
    assert "boto3" not in after
    assert "_send_mail(\n        _mail(\n            sender=" in after
    app: dict[str, Any] = {}
    exec(compile(after.replace(*_ERRORS), "app.py", "exec"), app)
    identity = app["welcome"]("you@example.nl", "Jo")
    app["raw"]("you@example.nl")
    app["second"]("you@example.nl")
    (welcome, _, _), (raw, sender, recipients), (second, _, _) = server.sent
    assert welcome["Message-ID"] == identity
    assert (welcome["From"], welcome["To"], welcome["Bcc"]) == ("shop@example.nl", "you@example.nl", "copy@example.nl")
    assert welcome["Subject"] == "Welcome Jo"
    assert [part.get_content_type() for part in welcome.walk()] == [
        "multipart/alternative",
        "text/plain",
        "text/html",
    ]
    assert (raw["Subject"], sender, recipients) == ("As it is", "bounce@example.nl", ["you@example.nl"])
    assert (second["Subject"], second["Reply-To"]) == ("Two", "reply@example.nl")


def test_what_is_refused_is_caught_where_it_was(tmp_path: Path, catalogue: Catalogue, server: type[Server]) -> None:
    (tmp_path / "app.py").write_text(PLAIN)
    after = applied(tmp_path, catalogue)["app.py"].replace(*_ERRORS)
    app: dict[str, Any] = {}
    exec(compile(after, "app.py", "exec"), app)
    server.refuses = True
    with pytest.raises(RuntimeError, match="not sent"):
        app["raw"]("you@example.nl")


@pytest.mark.parametrize(
    ("call", "why"),
    [
        ("ses.send_email(**given)", "from a collection"),
        ("ses.send_email(Source=s, Destination=d, Message=m)", "not written out"),
        ("ses.send_templated_email(Source=s, Destination=d, Template='t', TemplateData='{}')", "Only the sending"),
        ("ses.send_raw_email(RawMessage={'Data': text})", "not a message that the code still has"),
        ("print(ses.send_raw_email(RawMessage={'Data': m.as_bytes()}))", "more with its result"),
    ],
)
def test_what_is_not_plain_stays_and_says_why(tmp_path: Path, catalogue: Catalogue, call: str, why: str) -> None:
    (tmp_path / "app.py").write_text(f'import boto3\nses = boto3.client("ses")\n{call}\n')
    found = edited(tmp_path, catalogue)
    assert found.patches == []
    assert any(why in reason for reason in found.left.values()), found.left


@pytest.mark.parametrize("subject", ['a"b', "a'b", "a\\b", "${x}", "{{x}}", '"""', "é€"])
def test_a_hostile_subject_stays_a_subject(
    tmp_path: Path, catalogue: Catalogue, server: type[Server], subject: str
) -> None:
    (tmp_path / "app.py").write_text(
        'import boto3\nboto3.client("ses").send_email(Source="a@b.nl", Destination={"ToAddresses": ["c@d.nl"]}, '
        f'Message={{"Subject": {{"Data": {subject!r}}}, "Body": {{"Text": {{"Data": "x"}}}}}})\n'
    )
    exec(compile(applied(tmp_path, catalogue)["app.py"], "app.py", "exec"), {})
    ((message, _, _),) = server.sent
    assert message["Subject"] == subject
