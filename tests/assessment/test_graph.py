"""Services that lean on each other are found by the references between blocks."""

from __future__ import annotations

import pytest

from portability.audit import audit
from portability.reports.html import joined, layers
from tests.conftest import ROOT

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


def drawing(assessment):
    rows, left_out = joined.drawn(joined.rows(assessment))
    return layers.picture(rows), left_out


def test_whatever_leans_stands_left_of_what_it_leans_on(tree, catalogue):
    drawn, left_out = drawing(audit(tree({"main.tf": MODULE}), catalogue, ("ovhcloud",)))
    x = {box.node.label: box.x for box in drawn.boxes}
    assert x["aws_instance.one"] == x["aws_lb.front"] < x["aws_subnet.a"]
    assert [curve.row.certain for curve in drawn.curves] == [True, True, True]
    assert left_out == 0
    assert layers.picture([]).curves == []


def test_few_things_stand_by_themselves_and_many_as_their_services(tree, catalogue):
    many = MODULE + "".join(f'resource "aws_lb" "l{n}" {{ subnets = [aws_subnet.a.id] }}\n' for n in range(30))
    drawn, _ = drawing(audit(tree({"main.tf": many}), catalogue, ("ovhcloud",)))
    assert {box.node.label for box in drawn.boxes} == {"aws/ec2", "aws/elb", "aws/vpc"}
    assert next(box.node.callers for box in drawn.boxes if box.node.label == "aws/vpc") == 33


@pytest.mark.parametrize("programs", [1, 10, 200])
def test_of_any_number_of_programs_the_picture_stays_readable(tree, catalogue, programs):
    files = {"infra/main.tf": 'resource "aws_sqs_queue" "q" { name = "orders-inbox" }\n'}
    call = 'import boto3\nboto3.client("sqs").send_message(QueueUrl="orders-inbox", MessageBody="")\n'
    for number in range(programs):
        files |= {f"app-{number}/setup.py": "", f"app-{number}/main.py": call}
    assessment = audit(tree(files), catalogue, ("ovhcloud",))
    drawn, _ = drawing(assessment)
    assert len(drawn.boxes) == min(programs, 12) + 1
    assert sum(box.node.stands_for for box in drawn.boxes) == programs + 1
    assert all(not curve.row.certain for curve in drawn.curves)
    boxes = [(box.x, box.y) for box in drawn.boxes]
    assert len(set(boxes)) == len(boxes)
    assert all(box.x >= 0 and box.x + box.width <= layers.WIDTH and box.y + 42 <= drawn.height for box in drawn.boxes)


def test_things_that_lean_on_each_other_are_drawn_too(tree, catalogue):
    circle = """
    resource "aws_sns_topic" "t" { x = aws_sqs_queue.q.arn }
    resource "aws_sqs_queue" "q" { x = aws_lambda_function.f.arn }
    resource "aws_lambda_function" "f" { x = aws_sns_topic.t.arn }
    """
    drawn, _ = drawing(audit(tree({"main.tf": circle}), catalogue, ("ovhcloud",)))
    assert len(drawn.curves) == len(drawn.boxes) == 3


def test_the_picture_does_not_hang_on_the_order_of_rows(catalogue):
    rows = joined.rows(audit(ROOT / "fixtures" / "webshop-aws", catalogue, ("ovhcloud",)))
    assert layers.picture(rows) == layers.picture(rows[::-1])


def test_what_most_lean_on_comes_first(tree, catalogue):
    first, *_ = joined.things(audit(tree({"main.tf": MODULE}), catalogue, ("ovhcloud",)))
    assert (first.label, first.callers, first.components) == ("aws_subnet.a", 3, 1)
