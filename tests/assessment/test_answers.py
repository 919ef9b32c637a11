"""What a service's answers say of all its uses together."""

from __future__ import annotations

from portability.audit import audit
from portability.reports.figures import fit

KMS = """resource "aws_s3_bucket" "a" {}
resource "aws_s3_bucket_server_side_encryption_configuration" "a" {
  bucket = aws_s3_bucket.a.id
  rule {
    apply_server_side_encryption_by_default { sse_algorithm = "aws:kms" }
  }
}
"""
EVENTS = """resource "aws_s3_bucket" "b" {}
resource "aws_s3_bucket_notification" "b" {
  bucket      = aws_s3_bucket.b.id
  eventbridge = true
}
"""


def lost(root, catalogue) -> dict[str, set[str]]:
    """Product → what the uses of S3 lose by it."""
    (service,) = (one for one in audit(root, catalogue, ("ovhcloud",)).services if one.service == "aws/s3")
    return {one.product_id: {gap.text for gap in one.gaps} for one in service.equivalents}


def test_what_different_uses_lose_is_lost_together(tree, catalogue, tmp_path):
    """Each loss of some use is a loss of the service; none hides behind another that weighs as much."""
    keys, events = tree({"main.tf": KMS}), EVENTS
    (only_keys,) = lost(keys, catalogue).values()
    (both,) = lost(tree({"main.tf": KMS + events}), catalogue).values()
    (only_events,) = lost(tree({"main.tf": events}), catalogue).values()
    assert only_keys != only_events
    assert all((only_keys, only_events))
    assert both == only_keys | only_events


def test_a_service_whose_uses_go_to_several_products_names_them_all(tree, catalogue):
    """A zone of a private network is answered by another product than one of the internet."""
    private = 'resource "aws_route53_zone" "in" {\n  name = "a.example"\n  vpc {\n    vpc_id = "vpc-1"\n  }\n}\n'
    public = 'resource "aws_route53_zone" "out" {\n  name = "b.example"\n}\n'
    found = audit(tree({"main.tf": private + public}), catalogue, ("ovhcloud",))
    (service,) = (one for one in found.services if one.service == "aws/route53")
    assert {one.product_id for one in service.equivalents} == {"ovhcloud/dns-zones", "self-hosted/powerdns"}
    assert sum(map(len, fit(found, "ovhcloud"))) == 1


def test_what_is_lost_is_not_unverified_too(tree, catalogue):
    """One use shows a feature, another may have it: the service loses it, once."""
    rule = 'resource "aws_cloudwatch_event_rule" "%s" {\n  event_pattern = %s\n}\n'
    told = (
        rule % ("a", 'jsonencode({ source = ["aws.ec2"] })') + rule % ("b", "var.pattern") + 'variable "pattern" {}\n'
    )
    found = audit(tree({"main.tf": told}), catalogue, ("self-hosted",))
    (answer,) = (one for s in found.services for one in s.equivalents if one.capability == "event-bus")
    assert [gap.text for gap in answer.gaps] == ["no events of the provider's own services"]
    assert not answer.unknown_needs
