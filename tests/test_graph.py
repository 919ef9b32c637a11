"""Services that lean on each other are found by the references between blocks."""

from __future__ import annotations

from portability.audit import audit
from portability.reports.html.links import picture

MODULE = """
resource "aws_vpc" "main" {}
resource "aws_subnet" "a" { vpc_id = aws_vpc.main.id }
data "aws_region" "here" {}
resource "aws_instance" "one" {
  subnet_id = aws_subnet.a.id
  tags      = { where = data.aws_region.here.name, again = aws_subnet.a.arn }
}
resource "aws_instance" "two" { subnet_id = aws_subnet.a.id }
resource "aws_lb" "front" { subnets = [aws_subnet.a.id, aws_subnet.elsewhere.id] }
"""


def edges(tree, catalogue, files):
    graph = audit(tree(files), catalogue, ("ovhcloud",)).graph
    return [(edge.source, edge.target, edge.times) for edge in graph]


def test_a_pair_of_blocks_counts_once_and_own_parts_and_look_ups_do_not(tree, catalogue):
    assert edges(tree, catalogue, {"main.tf": MODULE}) == [("aws/ec2", "aws/vpc", 2), ("aws/elb", "aws/vpc", 1)]


def test_blocks_of_other_modules_are_not_meant(tree, catalogue):
    files = {
        "a/main.tf": 'resource "aws_vpc" "main" {}\n',
        "b/main.tf": 'resource "aws_lb" "l" { x = aws_vpc.main.id }\n',
    }
    assert edges(tree, catalogue, files) == []


def test_every_band_begins_and_ends_at_its_services(tree, catalogue):
    drawn = picture(audit(tree({"main.tf": MODULE}), catalogue, ("ovhcloud",)).graph)
    assert {node.service for node in drawn.nodes if node.x < 500} == {"aws/ec2", "aws/elb"}
    assert [node.service for node in drawn.nodes if node.x > 500] == ["aws/vpc"]
    (vpc,) = (node for node in drawn.nodes if node.x > 500)
    assert vpc.height == sum(band.width for band in drawn.bands)
    assert drawn.more == 0
    assert picture(()).bands == []
