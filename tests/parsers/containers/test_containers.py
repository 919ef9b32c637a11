"""Dockerfiles and Compose files → images, settings and commands, with the shipped rules."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portability import catalogue
from portability.model import Source, Usage
from portability.parsers.containers import read

INTEREST = catalogue.load([]).interest


def usages(text: str, path: str = "Dockerfile") -> list[Usage]:
    return list(read([Source(path=path, language="containers", data=text.encode())], INTEREST)[path].usages)


def found(text: str, path: str = "Dockerfile") -> list[tuple[int, str]]:
    return [(usage.location.line, usage.symbol) for usage in usages(text, path)]


DOTNET = "image/mcr.microsoft.com/dotnet/aspnet"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("FROM mcr.microsoft.com/dotnet/aspnet:8.0\n", [(1, DOTNET)]),
        ("from --platform=linux/amd64 mcr.microsoft.com/dotnet/aspnet@sha256:0 as web\n", [(1, DOTNET)]),
        ("ARG BASE=mcr.microsoft.com/dotnet/aspnet\nFROM ${BASE}:8\n", [(2, DOTNET)]),
        ("FROM ${BASE:-mcr.microsoft.com/dotnet/aspnet}\n", [(1, DOTNET)]),
        ("ARG REGISTRY\nFROM $REGISTRY/app\n", []),
        ("FROM debian AS mcr.microsoft.com/x\nFROM mcr.microsoft.com/x\n", []),
        ("FROM scratch\nCOPY --from=mcr.microsoft.com/dotnet/aspnet:8 /a /b\nCOPY --from=0 /a /b\n", [(2, DOTNET)]),
        ("FROM scratch\nRUN --mount=type=bind,target=/a,from=mcr.microsoft.com/dotnet/aspnet x\n", [(2, DOTNET)]),
        ("FROM scratch\nRUN echo \\\n # FROM x\n FROM mcr.microsoft.com/dotnet/aspnet\n", []),
        ("FROM scratch\nRUN cat <<EOF\nFROM mcr.microsoft.com/dotnet/aspnet\nEOF\n", []),
        ("# escape=`\nFROM `\n mcr.microsoft.com/dotnet/aspnet\n", [(3, DOTNET)]),
        ("FROM scratch\nENV A=b \\\n  AWS_ROLE_ARN=x\n", [(3, "env/AWS_ROLE_ARN")]),
        ("FROM scratch\nRUN x && aws s3 cp s3://b/k .\n", [(2, "aws s3")]),
        ("FROM scratch\nARG AWS_ROLE_ARN\nENV AREA us-east-1\n", [(2, "env/AWS_ROLE_ARN"), (3, "Zone/us-east-1")]),
        ("FROM scratch\nENV AWS_REGION=us-east-1 CLOUD=azure\n", [(2, "env/AWS_REGION"), (2, "Provider/azure")]),
        (
            "FROM scratch\nRUN apt-get update && apt-get install -y \\\n  x google-cloud-cli=1.2 \\\n  x-azure-cli\n",
            [(3, "install google-cloud-cli")],
        ),
    ],
)
def test_dockerfiles(text: str, expected: list[tuple[int, str]]) -> None:
    assert found(text) == expected


def test_an_image_that_only_a_default_names_is_likely() -> None:
    sure, likely = usages("ARG B=gcr.io/a/b\nFROM gcr.io/a/b\nFROM $B\n")
    assert (sure.confidence, likely.confidence) == ("certain", "likely")


def test_the_place_is_the_name_of_the_image() -> None:
    place = usages("FROM --platform=x gcr.io/a/b:1 AS c\n")[0].location
    assert (place.line, place.column, place.end_column) == (1, 19, 31)


def test_compose_files() -> None:
    text = """services:
  web:
    image: ${REGISTRY:-mcr.microsoft.com}/dotnet/aspnet:8
    environment: [AWS_ROLE_ARN=x, A=b]
    logging: {driver: awslogs}
  own:
    build: .
    environment: {AWS_ROLE_ARN: x, AREA: eu-west-1, AWS_REGION: eu-west-1}
    command: [sh, -c, aws s3 ls]
"""
    assert found(text, "compose.yaml") == [
        (3, DOTNET),
        (4, "env/AWS_ROLE_ARN"),
        (5, "LogDriver/awslogs"),
        (8, "env/AWS_ROLE_ARN"),
        (8, "Zone/eu-west-1"),
        (8, "env/AWS_REGION"),
        (9, "aws s3"),
    ]


def test_an_endpoint_of_ones_own_is_nobodys_in_a_compose_file() -> None:
    text = """services:
  own:
    environment:
      AWS_S3_ENDPOINT_URL: ${AWS_S3_ENDPOINT_URL:-http://localhost:4566}
      AWS_ACCESS_KEY_ID: minioadmin
      SQS_ENDPOINT: https://sqs.eu-west-1.amazonaws.com
  listed:
    environment: ["AWS_S3_ENDPOINT_URL=http://minio:9000"]
  given:
    environment: ["AWS_S3_ENDPOINT_URL=${S3}"]
"""
    assert found(text, "compose.yaml") == [
        (6, "env/SQS_ENDPOINT"),
        (6, "endpoint/sqs.eu-west-1.amazonaws.com"),
        (10, "env/AWS_S3_ENDPOINT_URL"),
    ]


def test_a_compose_file_that_is_broken_is_unread_and_says_why() -> None:
    reading = read([Source(path="compose.yaml", language="containers", data=b"a: [")], INTEREST)["compose.yaml"]
    assert (reading.state, reading.problems[0].kind) == ("unread", "syntax")


@given(st.text(st.sampled_from("FROM ARG=${}:-+\\\n<<EOF`\"' a/.:$x"), max_size=200))
def test_no_dockerfile_makes_it_fail(text: str) -> None:
    assert read([Source(path="Dockerfile", language="containers", data=text.encode())], INTEREST)


@given(st.binary(max_size=100))
def test_no_bytes_make_it_fail(data: bytes) -> None:
    for path in ("Dockerfile", "compose.yaml"):
        assert read([Source(path=path, language="containers", data=data)], INTEREST)
