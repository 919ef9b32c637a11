"""What a file is, by name and a cheap look."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portability.discovery import candidate, kind_of, language_of

MANIFEST = b"apiVersion: v1\nkind: Service\n"


@pytest.mark.parametrize(
    ("path", "data", "language"),
    [
        ("main.tf", b"", "terraform"),
        ("main.tofu", b"", "terraform"),
        ("a/main.tf.json", b"{}", "terraform"),
        ("a/main.tofu.json", b"{}", "terraform"),
        ("main.TF", b"", None),
        ("a.py", b"", "python"),
        ("a.pyw", b"", "python"),
        ("a.pyi", b"", None),
        ("bin/tool", b"#!/usr/bin/env python3\n", "python"),
        ("bin/tool", b"#!/usr/bin/python3.11 -u\n", "python"),
        ("bin/tool", b"#!/usr/bin/env -S uv run --script\n", "python"),
        ("bin/tool", b"#!/bin/sh\npython3 x.py\n", None),
        ("bin/tool", b"import boto3\n", None),
        ("a.yaml", MANIFEST, "kubernetes"),
        ("a.yml", b'{"apiVersion": "v1", "kind": "Service"}', "kubernetes"),
        ("a.yaml", b"apiVersion : v1\nkind: Service\n", "kubernetes"),
        ("a.yaml", b"name: x\n", None),
        ("Chart.yaml", b"apiVersion: v2\nname: x\n", "kubernetes"),
        ("Dockerfile", b"", "containers"),
        ("app/Dockerfile.prod", b"", "containers"),
        ("docker-compose.prod.yml", b"", "containers"),
        (".gitlab-ci.yml", b"", "delivery"),
        ("ci/azure-pipelines-nightly.yml", b"", "delivery"),
        ("Jenkinsfile", b"", "delivery"),
        ("pipelines/steps.yml", b"steps:\n- task: AzureCLI@2\n", "delivery"),
        ("a.json", b'{"apiVersion": "v1", "kind": "Service"}', "kubernetes"),
        ("a.json", b"apiVersion: v1, kind: Service", None),
        ("template.yaml", b"AWSTemplateFormatVersion: x\nManifest: |\n  apiVersion: v1\n  kind: Pod\n", None),
        ("stack-in-a-map.yaml", MANIFEST + b"data: |\n  AWSTemplateFormatVersion: x\n", "kubernetes"),
        (".github/workflows/deploy.yml", MANIFEST, "delivery"),
        ("package-lock.json", b'{"apiVersion": "", "kind": ""}', None),
    ],
)
def test_languages(path: str, data: bytes, language: str | None) -> None:
    assert language_of(path, data) == language


def test_the_name_alone_promises_kubernetes_and_the_bytes_settle_it() -> None:
    assert candidate("a.yaml") == "kubernetes"
    assert language_of("a.yaml", b"x: 1") is None
    assert kind_of("a.yaml", b"x: 1") == "configuration"


@pytest.mark.parametrize(
    ("path", "data", "kind"),
    [
        ("deploy.sh", b"", "shell"),
        ("deploy", b"#!/bin/bash\n", "shell"),
        ("deploy", b"#!/usr/bin/env node\n", "JavaScript"),
        ("deploy.ps1", b"", "PowerShell"),
        ("main.bicep", b"", "Bicep"),
        ("azuredeploy.json", b'{"$schema": "https://schema.management.azure.com/x"}', "ARM template"),
        ("stack.yaml", b"AWSTemplateFormatVersion: 2010-09-09\n", "CloudFormation"),
        ("stack.template", b"AWSTemplateFormatVersion: 2010-09-09\n", "CloudFormation"),
        ("sam.yaml", b"Transform: AWS::Serverless-2016-10-31\nResources: {}\n", "CloudFormation"),
        ("main.go", b"", "Go"),
        ("Main.java", b"", "Java"),
        ("App.cs", b"", "C#"),
        ("index.test.tsx", b"", "TypeScript"),
        ("Makefile", b"", "Makefile"),
        ("chart/values.yaml", b"", None),
        ("chart/templates/_helpers.tpl", b"", "Helm template"),
        ("user_data.tpl", b"", "template"),
        ("agent.hcl", b'storage "file" {}', "HCL"),
        ("terragrunt.hcl", b"", None),
        ("image.pkr.hcl", b"", "Packer"),
        ("a.SQL", b"", "SQL"),
        ("package.json", b"", "package manifest"),
        ("dev-requirements.txt", b"", None),
        (".env", b"", "configuration"),
        ("app.properties", b"", "configuration"),
        ("README.md", b"aws_s3_bucket", None),
        ("notes.txt", b"aws_s3_bucket", None),
        ("yarn.lock", b"", None),
        (".terraform.lock.hcl", b"", None),
        ("logo.png", b"\x89PNG", None),
        ("no-suffix", b"plain words", None),
        ("tool.js", b"\0\0\0", None),
        ("tool.ps1", "aws".encode("utf-16"), "PowerShell"),
        ("main.tf", b"", None),
        ("a.yaml", MANIFEST, None),
    ],
)
def test_kinds(path: str, data: bytes, kind: str | None) -> None:
    assert kind_of(path, data) == kind


@given(st.text(max_size=30), st.binary(max_size=60))
def test_a_file_is_never_both_ours_and_a_mention(path: str, data: bytes) -> None:
    assert language_of(path, data) is None or kind_of(path, data) is None
