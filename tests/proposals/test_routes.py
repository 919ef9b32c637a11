"""Routes that the code puts together of parts of paths and methods, as REST APIs of Amazon do."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from portability.proposals.routes import routes_of
from tests.proposals.test_links import named, rendered
from tests.proposals.test_templates import HOSTILE


class Told(NamedTuple):
    """A part as routes are made of."""

    address: str
    inputs: Mapping[str, Any]


API = "aws_api_gateway_rest_api.shop"
ORDERS = Told("orders", {"path_part": "orders", "beneath": API})
ORDER = Told("order", {"path_part": "{id}", "beneath": "orders"})
GET = Told("get", {"method": "GET", "beneath": "order"})
ANSWER = Told("answer", {"method": "GET", "beneath": "order", "answered_by": "AWS_PROXY"})


def test_a_route_is_its_path_from_the_root_with_its_method() -> None:
    (route,) = routes_of([ORDERS, ORDER, GET, ANSWER])
    assert route == ("GET /orders/{id}", GET, ANSWER, (ORDERS, ORDER, ANSWER), False)
    root = Told("root", {"method": "any", "beneath": API})
    assert [one.text for one in routes_of([root])] == ["ANY /"]


@pytest.mark.parametrize(
    "parts",
    [
        [GET._replace(inputs={"method": "GET", "beneath": None})],
        [GET._replace(inputs={"method": None, "beneath": API})],
        # Without the part before it the path would be another.
        [ORDER._replace(inputs={"path_part": "{id}", "beneath": None}), GET],
        [ORDER._replace(inputs={"path_part": None, "beneath": API}), GET],
        [ORDER._replace(inputs={"path_part": "{id}", "beneath": "order"}), GET],
    ],
)
def test_a_route_that_is_not_told_in_full_is_none(parts: list[Told]) -> None:
    assert routes_of(parts) == []


def code(*steps: str) -> str:
    return f"""
resource "aws_lambda_function" "orders" {{ function_name = "orders" }}
resource "aws_lambda_function" "users" {{ function_name = "users" }}
resource "aws_api_gateway_rest_api" "shop" {{ name = "shop" }}
resource "aws_api_gateway_resource" "one" {{
  rest_api_id = aws_api_gateway_rest_api.shop.id
  parent_id   = aws_api_gateway_rest_api.shop.root_resource_id
  path_part   = {json.dumps(steps[0]).replace("${", "$${").replace("%{", "%%{")}
}}
{_answered("users", "ANY", "aws_api_gateway_rest_api.shop.root_resource_id", "AWS_PROXY")}
{_answered("orders", "GET", "aws_api_gateway_resource.one.id", "AWS_PROXY")}
{_answered("cors", "OPTIONS", "aws_api_gateway_resource.one.id", "MOCK")}
"""


def _answered(name: str, method: str, at: str, kind: str) -> str:
    uri = f"uri = aws_lambda_function.{name}.invoke_arn" if kind != "MOCK" else ""
    return f"""
resource "aws_api_gateway_method" "{name}" {{
  rest_api_id = aws_api_gateway_rest_api.shop.id
  resource_id = {at}
  http_method = "{method}"
}}
resource "aws_api_gateway_integration" "{name}" {{
  rest_api_id = aws_api_gateway_rest_api.shop.id
  resource_id = {at}
  http_method = aws_api_gateway_method.{name}.http_method
  type        = "{kind}"
  {uri}
}}
"""


def test_each_route_leads_to_what_answers_it(tmp_path: Path) -> None:
    found = named(rendered(tmp_path, code("{id}"), "self-hosted"), "api-gateway-shop")
    (route,) = yaml.safe_load_all(found.text)
    told = [(one["backendRefs"][0]["name"], one["matches"][0]) for one in route["spec"]["rules"]]
    assert sorted(told, key=str) == [
        ("orders", {"path": {"type": "RegularExpression", "value": "/[^/]+"}, "method": "GET"}),
        ("users", {"path": {"type": "Exact", "value": "/"}}),
    ]
    assert any("answers OPTIONS /{id} by itself" in decision for decision in found.decisions)
    assert not any(decision.startswith("Set beside it") for decision in found.decisions)


@pytest.mark.parametrize("hostile", [text for text in HOSTILE if text.isprintable()])
def test_hostile_parts_of_a_path_are_data(tmp_path: Path, hostile: str) -> None:
    found = named(rendered(tmp_path, code(hostile), "self-hosted"), "api-gateway-shop")
    assert not found.problems
    for route in yaml.safe_load_all(found.text):
        for rule in route["spec"]["rules"]:
            assert rule.keys() <= {"backendRefs", "matches"}
            assert rule["matches"][0].keys() <= {"path", "method"}
