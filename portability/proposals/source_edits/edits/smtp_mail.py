"""Mail that code sends by the SES API goes out over SMTP: to Postal, to any relay, with the standard library alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

import libcst as cst

from portability.model import Finding
from portability.proposals.source_edits.calls import called, entries, keywords
from portability.proposals.source_edits.clients import edit_calls
from portability.proposals.source_edits.file import SourceFile
from portability.proposals.source_edits.results import NotPlain, caught, readings, without

SERVICES = frozenset({"aws/ses"})
INTERFACE = "smtp"
_CALLS = frozenset({"ses.send_email", "ses.send_raw_email", "sesv2.send_email"})
_SEND = '''

def _send_mail(message, sender=None, recipients=None):
    """Hand a message to the SMTP server that the environment names; its Message-ID."""
    if "Message-ID" not in message:
        message["Message-ID"] = make_msgid()
    with smtplib.SMTP(os.environ["SMTP_HOST"], int(os.environ["SMTP_PORT"])) as server:
        server.starttls(context=ssl.create_default_context())
        server.login(os.environ["SMTP_USER"], os.environ["SMTP_PASSWORD"])
        server.send_message(message, sender, recipients)
    return message["Message-ID"]
'''
_COMPOSE = '''

def _mail(sender, subject, text=None, html=None, to=(), cc=(), bcc=(), reply_to=()):
    """A message of plain text, HTML or both."""
    message = EmailMessage()
    message["From"] = sender
    message["Subject"] = subject
    for header, addresses in (("To", to), ("Cc", cc), ("Bcc", bcc), ("Reply-To", reply_to)):
        if addresses:
            message[header] = ", ".join(addresses)
    if text is not None:
        message.set_content(text)
    if html is not None:
        put = message.set_content if text is None else message.add_alternative
        put(html, subtype="html")
    return message
'''
_ADDRESSES = {"ToAddresses": "to", "CcAddresses": "cc", "BccAddresses": "bcc"}
_DROPPED = frozenset({"ConfigurationSetName", "Tags", "EmailTags"})
_WIDTH = 100


def edit(file: SourceFile, findings: Sequence[Finding]) -> None:
    """Send what is written out in the call, or is a message of the standard library, and let the clients go."""
    edit_calls(file, findings, _CALLS.__contains__, partial(_edit, file), "Only the sending of one message is edited.")


def _edit(file: SourceFile, _finding: Finding, call: cst.Call) -> Sequence[cst.Call]:
    if file.says("_send_mail") or file.says("_mail"):
        raise NotPlain("The file has a `_mail` or `_send_mail` of its own.")
    given = keywords(call)
    if given is None:
        raise NotPlain("Its arguments come from a collection.")
    name, parts = _raw(file, given) if _is_raw(given) else ("_mail", _composed(file, given))
    places, is_returned = _readings(file, call)
    caught(file, call, "OSError")
    code = _code(file, call, name, parts)
    file.replace(call, f'{{"MessageId": {code}}}' if is_returned else code)
    for place in places:
        file.change(place, without(1))
    if name == "_mail":
        file.define(_COMPOSE)
        file.import_("email.message", "EmailMessage")
    file.define(_SEND)
    file.import_("email.utils", "make_msgid")
    for module in ("os", "smtplib", "ssl"):
        file.import_(module)
    file.drop_import("boto3")
    file.decide(
        "SMTP_HOST, SMTP_PORT, SMTP_USER and SMTP_PASSWORD say where mail goes out; the server must speak STARTTLS."
    )
    if given.keys() & _DROPPED:
        file.decide(
            "The configuration set and tags are gone: bounces, complaints and counts come from the mail server."
        )
    return ()


def _readings(file: SourceFile, call: cst.Call) -> tuple[Sequence[cst.CSTNode], bool]:
    """Where its id is taken out of the answer; and whether the answer is given back as it is instead."""
    if isinstance(file.parent(call), cst.Return) and "ResponseMetadata" not in file.text:
        file.decide("The answer that is given back holds MessageId alone now: see who reads more of it.")
        return (), True
    return readings(file, call, ['["MessageId"]']), False


def _is_raw(given: Mapping[str, cst.BaseExpression]) -> bool:
    return "RawMessage" in given or "Raw" in entries(given.get("Content"))


def _raw(file: SourceFile, given: Mapping[str, cst.BaseExpression]) -> tuple[str, list[str]]:
    """A message that the code has as an object: the object, without the step that made text of it."""
    _only(given, {"RawMessage", "Source", "Destinations", "Content", "FromEmailAddress", "Destination"})
    data = entries(given.get("RawMessage") or entries(given["Content"])["Raw"]).get("Data")
    if not isinstance(data, cst.Call) or called(data) not in ("as_string", "as_bytes") or data.args:
        raise NotPlain("What it sends is text or bytes, and not a message that the code still has as an object.")
    message = data.func.value if isinstance(data.func, cst.Attribute) else data
    parts = [file.source(message)]
    if (sender := given.get("Source") or given.get("FromEmailAddress")) is not None:
        parts.append(f"sender={file.source(sender)}")
    if (recipients := given.get("Destinations")) is not None:
        parts.append(f"recipients={file.source(recipients)}")
    elif "Destination" in given:
        lists = [file.source(value) for key, value in _entries(given["Destination"], "Destination").items()]
        parts.append(f"recipients={lists[0] if len(lists) == 1 else '[*' + ', *'.join(lists) + ']'}")
    return "", parts


def _composed(file: SourceFile, given: Mapping[str, cst.BaseExpression]) -> list[str]:
    """The arguments of ``_mail``."""
    _only(given, {"Source", "FromEmailAddress", "Destination", "Message", "Content", "ReplyToAddresses"})
    message = given.get("Message") or _entries(given.get("Content"), "Content").get("Simple")
    sender = given.get("Source") or given.get("FromEmailAddress")
    said = _entries(message, "the message")
    body = _entries(said.get("Body"), "Body")
    if sender is None or not said.keys() <= {"Subject", "Body"} or not body.keys() <= {"Text", "Html"}:
        raise NotPlain("It sends more than a subject, a text and HTML.")
    found: dict[str, cst.BaseExpression] = {"sender": sender}
    for key, addresses in _entries(given.get("Destination"), "Destination").items():
        found[_ADDRESSES.get(key, key)] = addresses
    if "ReplyToAddresses" in given:
        found["reply_to"] = given["ReplyToAddresses"]
    for key, part in {"Subject": said.get("Subject"), "Text": body.get("Text"), "Html": body.get("Html")}.items():
        if part is not None:
            content = _entries(part, key)
            if "Data" not in content or not content.keys() <= {"Data", "Charset"}:
                raise NotPlain(f"{key} is not written out in the call.")
            found[key.lower()] = content["Data"]
    if "subject" not in found:
        raise NotPlain("Subject is not written out in the call.")
    return [f"{key}={file.source(value)}" for key, value in found.items()]


def _entries(node: cst.BaseExpression | None, name: str) -> Mapping[str, cst.BaseExpression]:
    found = entries(node)
    if not found:
        raise NotPlain(f"{name} is not written out in the call.")
    return found


def _only(given: Mapping[str, cst.BaseExpression], known: set[str]) -> None:
    if more := given.keys() - known - _DROPPED:
        raise NotPlain(f"SMTP knows nothing like {', '.join(sorted(more))}.")


def _code(file: SourceFile, call: cst.Call, name: str, parts: Sequence[str]) -> str:
    """The call on one line, or an argument a line where that is too long; LibCST indents it as the code around it."""
    plain = ", ".join(parts)
    opened, closed = (f"_send_mail({name}(", "))") if name else ("_send_mail(", ")")
    if len(file.margin(call)) + len(opened) + len(plain) <= _WIDTH and "\n" not in plain:
        return f"{opened}{plain}{closed}"
    return "\n".join([opened, *(f"    {part}," for part in parts), closed])
