"""Mail by the SES API becomes mail over SMTP: the same message to the same people, or nothing and the reason."""

from __future__ import annotations

import smtplib
import ssl
import sys
from email.message import EmailMessage, Message
from pathlib import Path
from types import ModuleType
from typing import Any, ClassVar

import pytest

from portability.catalogue import Catalogue
from tests.proposals.conftest import applied, edited

PLAIN = '''\
"""Sends mail."""
from email.message import EmailMessage

import boto3
from botocore.exceptions import ClientError

SENDER = "Shop <shop@example.nl>"


def welcome(to, name):
    client = boto3.client("ses", region_name="eu-west-1")
    try:
        response = client.send_email(
            Source=SENDER,
            Destination={"ToAddresses": [to], "BccAddresses": ["archive@example.nl"]},
            Message={
                "Subject": {"Data": f"Welcome {name}", "Charset": "UTF-8"},
                "Body": {"Text": {"Data": "Hello"}, "Html": {"Data": "<p>Hello</p>"}},
            },
            ReplyToAddresses=[SENDER],
            ConfigurationSetName="shop",
        )
    except ClientError as e:
        return "failed: " + e.response["Error"]["Message"]
    return response["MessageId"]


def second(to):
    boto3.client("sesv2").send_email(
        FromEmailAddress=SENDER,
        Destination={"ToAddresses": to},
        Content={"Simple": {"Subject": {"Data": "Hi"}, "Body": {"Html": {"Data": "<p>Hi</p>"}}}},
    )


def raw(to):
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = SENDER, "all@example.nl", "Raw"
    boto3.client("ses").send_raw_email(Source=SENDER, Destinations=[to], RawMessage={"Data": message.as_string()})
'''


class Server:
    """Stands in for smtplib.SMTP."""

    sent: ClassVar[list[tuple[Message, Any, Any]]] = []
    refuses = False

    def __init__(self, host: str, port: int) -> None:
        self.said = [(host, port)]

    def __enter__(self) -> Server:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def starttls(self, context: ssl.SSLContext) -> None:
        assert context.verify_mode == ssl.CERT_REQUIRED

    def login(self, user: str, password: str) -> None:
        self.said.append((user, password))

    def send_message(self, message: Message, sender: Any, recipients: Any) -> None:
        if self.refuses:
            raise smtplib.SMTPException("no")
        assert self.said == [("mail.example.nl", 587), ("shop", "a password")]
        self.sent.append((message, sender, recipients))


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_the_same_message_goes_to_the_same_people(
    tmp_path: Path, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch, newline: str
) -> None:
    (tmp_path / "app.py").write_bytes(PLAIN.replace("\n", newline).encode())
    after = applied(tmp_path, catalogue)["app.py"]
    assert after.count(newline) == after.count("\n")
    assert "boto3" not in after
    errors = ModuleType("botocore.exceptions")
    errors.__dict__["ClientError"] = type("ClientError", (Exception,), {})
    monkeypatch.setitem(sys.modules, "botocore", ModuleType("botocore"))
    monkeypatch.setitem(sys.modules, "botocore.exceptions", errors)
    monkeypatch.setattr(smtplib, "SMTP", Server)
    monkeypatch.setattr(Server, "sent", [])
    for name, value in [("HOST", "mail.example.nl"), ("PORT", "587"), ("USER", "shop"), ("PASSWORD", "a password")]:
        monkeypatch.setenv(f"SMTP_{name}", value)
    app: dict[str, Any] = {}
    exec(compile(after, "app.py", "exec"), app)
    id = app["welcome"]("you@example.nl", "You")
    app["second"](["a@example.nl", "b@example.nl"])
    app["raw"]("c@example.nl")
    (first, *by), (second, *_), (raw, *by_raw) = Server.sent
    assert isinstance(first, EmailMessage)
    headers = ("From", "To", "Bcc", "Reply-To", "Subject")
    assert [first[name] for name in headers] == [
        "Shop <shop@example.nl>", "you@example.nl", "archive@example.nl", "Shop <shop@example.nl>", "Welcome You",
    ]  # fmt: skip
    assert [part.get_content().strip() for part in first.iter_parts()] == ["Hello", "<p>Hello</p>"]
    assert (first["Message-ID"], by) == (id, [None, None])
    assert (second["To"], second.get_content_type()) == ("a@example.nl, b@example.nl", "text/html")
    assert (raw["Subject"], by_raw) == ("Raw", ["Shop <shop@example.nl>", ["c@example.nl"]])
    monkeypatch.setattr(Server, "refuses", True)
    assert app["welcome"]("you@example.nl", "You") == "failed: no"


SIMPLE = 'Source="a@b.nl", Destination={"ToAddresses": ["c@d.nl"]}'
MESSAGE = 'Message={"Subject": {"Data": "s"}, "Body": {"Text": {"Data": "t"}}}'


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (f"ses.send_email({SIMPLE}, Message=message)", "not written out"),
        (f'ses.send_email(Source="a@b.nl", Destination=people, {MESSAGE})', "not written out"),
        ("ses.send_email(**given)", "from a collection"),
        (f'ses.send_email({SIMPLE}, {MESSAGE}, ReturnPath="e@f.nl")', "ReturnPath"),
        (f"print(ses.send_email({SIMPLE}, {MESSAGE}))", "more with its result"),
        ('ses.send_raw_email(RawMessage={"Data": data})', "as an object"),
        ('ses.send_templated_email(Source="a@b.nl", Template="t")', "Only the sending"),
        ('v2.send_email(FromEmailAddress="a@b.nl", Content={"Template": {"TemplateName": "t"}})', "not written out"),
    ],
)
def test_what_is_not_plain_stays_and_says_why(tmp_path: Path, catalogue: Catalogue, body: str, why: str) -> None:
    (tmp_path / "app.py").write_text(f'import boto3\nses = boto3.client("ses")\nv2 = boto3.client("sesv2")\n{body}\n')
    found = edited(tmp_path, catalogue)
    assert found.patches == []
    assert any(why in reason for reason in found.left.values()), found.left


@pytest.mark.parametrize("hostile", ['a"b', "a'b\\", "${x}", "{{x}}", "a\nBcc: x@y.nl", '"""', "é€", '") or exec("'])
def test_a_hostile_text_stays_a_text(tmp_path: Path, catalogue: Catalogue, hostile: str) -> None:
    message = f'Message={{"Subject": {{"Data": {hostile!r}}}, "Body": {{"Text": {{"Data": {hostile!r}}}}}}}'
    (tmp_path / "app.py").write_text(f'import boto3\nboto3.client("ses").send_email({SIMPLE}, {message})\n')
    after = applied(tmp_path, catalogue)["app.py"]
    assert after.count(repr(hostile)) == 2


def test_an_answer_that_is_given_back_still_holds_the_id(tmp_path: Path, catalogue: Catalogue) -> None:
    """Callers read it there; what else the old answer held is asked to be looked at."""
    code = f'import boto3\nses = boto3.client("ses")\n\n\ndef send():\n    return ses.send_email({SIMPLE}, {MESSAGE})\n'
    (tmp_path / "app.py").write_text(code)
    (patch,) = edited(tmp_path, catalogue).patches
    assert '+    return {"MessageId": _send_mail(' in patch.text
    assert any("MessageId alone" in one for one in patch.decisions)
    (tmp_path / "app.py").write_text(code + '\nok = send()["ResponseMetadata"]\n')
    assert edited(tmp_path, catalogue).patches == []
