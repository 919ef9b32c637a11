"""Every report says how well founded its answers are."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from portability.assessment import claims_about
from portability.audit import audit
from portability.catalogue import Catalogue
from portability.model import Claims, Equivalent, ServiceSummary
from portability.reports import json as json_report
from portability.reports import text as text_report
from portability.reports.words import claims

FIXTURE = Path(__file__).parent.parent.parent / "fixtures" / "webshop-aws"


def answer(product: str, checked: str, verified: str, target: str = "here", capability: str = "queue") -> Equivalent:
    return Equivalent(
        target=target,
        capability=capability,
        product=product or None,
        fidelity="partial" if product else "none",
        checked=checked,
        verified=verified,
        product_id=product and f"{target}/{product}",
    )


def service(*equivalents: Equivalent, role: str = "primary") -> ServiceSummary:
    return ServiceSummary(
        service="aws/sqs",
        provider="aws",
        name="Amazon SQS",
        capabilities=("queue",),
        lock_in="proprietary",
        findings=1,
        roles={role: 1},
        uses=1,
        copies=0,
        features=(),
        effort={},
        each={},
        once={},
        equivalents=equivalents,
    )


def test_a_product_counts_once_and_a_lack_is_a_claim() -> None:
    services = [
        service(answer("one", "2026-05", "yes"), answer("far", "2020-01", "no", target="there")),
        service(answer("one", "2026-05", "yes"), answer("two", "2026-04-30", "partly")),
        service(answer("", "2026-06-01", "no", capability="cdn"), answer("", "", "no", capability="dns")),
        service(answer("three", "2019-01", "no"), role="look-up"),
    ]
    assert claims_about("here", services) == Claims(oldest="2026-04-30", verified=1, partly=1, no=1)


def test_nothing_claimed_is_nothing_said() -> None:
    assert claims_about("here", []) == Claims(oldest="", verified=0, partly=0, no=0)
    assert claims(claims_about("here", [])) == ""


def test_the_shares_are_never_rounded_up() -> None:
    assert claims(Claims(oldest="2026-01", verified=199, partly=1, no=0)) == (
        "oldest checked 2026-01, 99 % verified, 0 % partly"
    )
    assert claims(Claims(oldest="2026-01", verified=1, partly=1, no=1)).endswith("33 % verified, 33 % partly, rest not")


def test_text_and_json_say_it_for_every_target(catalogue: Catalogue) -> None:
    assessment = audit(FIXTURE, catalogue, ("ovhcloud", "self-hosted"), jobs=1)
    written = msgspec.json.decode(json_report.render(assessment))["claims"]
    assert list(written) == ["ovhcloud", "self-hosted"]
    shown = " ".join(text_report.render(assessment, catalogue).split())
    for target, founded in assessment.claims.items():
        assert founded.verified + founded.partly + founded.no > 5
        assert f"Claims about {catalogue.targets[target].name}: {claims(founded)}." in shown


@pytest.mark.parametrize(
    ("action", "service"),
    [
        ("ssm:GetParametersByPath", "aws/parameter-store"),
        ("ssm:SendCommand", "aws/systems-manager"),
        ("ec2:CreateNatGateway", "aws/vpc"),
        ("ec2:*", "aws/ec2"),
    ],
)
def test_an_action_in_a_policy_belongs_to_whoever_claims_the_operation(catalogue, action, service):
    claim = catalogue.claim("string", action)
    assert claim is not None
    assert claim.service == service


@pytest.mark.parametrize(
    ("module", "service"),
    [
        ("azure/avm-res-network-azurefirewall/azurerm", "azure/firewall"),
        ("azure/avm-res-network-publicipaddress/azurerm", "azure/public-ip"),
        ("azure/avm-res-compute-gallery/azurerm", "azure/compute-gallery"),
        ("azure/avm-res-cache-redis/azurerm", "azure/redis"),
    ],
)
def test_a_verified_module_belongs_to_whoever_claims_the_type_that_it_is_called_after(catalogue, module, service):
    claim = catalogue.claim("terraform-module", module)
    assert claim is not None
    assert claim.service == service
