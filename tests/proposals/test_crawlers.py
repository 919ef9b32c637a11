"""Crawlers become jobs that name files in a catalogue; the program that they run is run here, on folders of a disk."""
# ruff: noqa: N802 - Spark and Hadoop call their methods so

from __future__ import annotations

import sys
import types
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.proposals.test_links import rendered

CODE = """
resource "aws_glue_crawler" "parking" {
  name          = "parking"
  database_name = "parking-raw"
  role          = "arn:aws:iam::111122223333:role/glue"
  schedule      = "cron(0 6 * * ? *)"
  table_prefix  = "raw_"
  s3_target {
    path = "s3://raw-zone/parking/"
  }
  s3_target {
    path = "s3://raw-zone/permits/"
  }
  configuration = jsonencode({ Version = 1.0, Grouping = { TableLevelConfiguration = 3 } })
}
resource "aws_glue_crawler" "by_hand" {
  name          = "by-hand"
  database_name = var.database
  role          = "arn:aws:iam::111122223333:role/glue"
  s3_target {
    path = "s3://${var.bucket}/\\"; x: {"
  }
}
variable "database" {}
variable "bucket" {}
"""


def objects(root: Path, target: str) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    (text,) = [one.text for one in rendered(root, CODE, target).values() if one.capability == "data-pipeline"]
    program, by_hand, parking = sorted(yaml.safe_load_all(text), key=lambda one: (-len(one["kind"]), str(one)))
    return program, parking, by_hand


@pytest.mark.parametrize("target", ["ovhcloud", "self-hosted"])
def test_each_crawler_is_a_job(tmp_path: Path, target: str) -> None:
    program, parking, by_hand = objects(tmp_path, target)
    assert program["kind"] == "ConfigMap"
    assert parking["spec"]["schedule"] == "0 6 * * *"
    assert "suspend" not in parking["spec"]
    assert arguments(parking) == [
        "--database", "parking-raw", "--prefix", "raw_", "--level", "3",
        "s3://raw-zone/parking/", "s3://raw-zone/permits/",
    ]  # fmt: skip
    # What starts by hand never starts by the clock, and what only a run knows is asked for.
    assert by_hand["spec"]["suspend"] is True
    database, path = arguments(by_hand)[1:]
    assert database.endswith("_DATABASE}")
    assert path.endswith("_PATH}")


def arguments(job: dict[str, Any]) -> list[str]:
    (container,) = job["spec"]["jobTemplate"]["spec"]["template"]["spec"]["containers"]
    args: list[str] = container["args"]
    return args[args.index("/crawl/crawl.py") + 1 :]


class Folder:
    """A path as Hadoop gives it, over a path of the disk."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def getPath(self) -> Folder:
        return self

    def getName(self) -> str:
        return self.path.name

    def isDirectory(self) -> bool:
        return self.path.is_dir()

    def listStatus(self, of: Folder) -> list[Folder]:
        return [Folder(one) for one in sorted(of.path.iterdir())]

    def getFileSystem(self, _configuration: object) -> Folder:
        return self

    def __str__(self) -> str:
        return f"s3a://{self.path.as_posix().lstrip('/')}"


class Spark:
    """A Spark that keeps a catalogue; every file has the columns that ``columns`` says of its format."""

    def __init__(self, root: Path, columns: dict[str, list[str]]) -> None:
        self.root, self.columns = root, columns
        self.made: dict[str, tuple[str, list[str]]] = {}
        self.said: list[str] = []
        self.recovered: list[str] = []
        self.catalog = self.builder = self.read = self
        self._jvm = self._jsc = types.SimpleNamespace()
        self._jsc.hadoopConfiguration = lambda: None
        self._jvm.org = types.SimpleNamespace(apache=types.SimpleNamespace(hadoop=types.SimpleNamespace()))
        self._jvm.org.apache.hadoop.fs = types.SimpleNamespace(
            Path=lambda text: Folder(root / text.removeprefix("s3a://"))
        )

    def enableHiveSupport(self) -> Spark:
        return self

    def getOrCreate(self) -> Spark:
        return self

    def sql(self, text: str) -> None:
        self.said.append(text)

    def tableExists(self, name: str) -> bool:
        return name in self.made

    def createTable(self, name: str, path: str, source: str, **_options: str) -> None:
        self.made[name] = (source, list(self.columns[source]))

    def listColumns(self, name: str) -> list[Any]:
        named = self.made[name][1]
        return [types.SimpleNamespace(name=one, isPartition=one == "day") for one in named]

    def recoverPartitions(self, name: str) -> None:
        self.recovered.append(name)

    def format(self, form: str) -> Spark:
        self.form = form
        return self

    def options(self, **_options: str) -> Spark:
        return self

    def load(self, _path: str) -> Any:
        text = types.SimpleNamespace(simpleString=lambda: "string")
        fields = [types.SimpleNamespace(name=one, dataType=text) for one in self.columns[self.form]]
        return types.SimpleNamespace(schema=types.SimpleNamespace(fields=fields))


def test_the_program_names_what_is_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program, *_ = objects(tmp_path, "self-hosted")
    for name in ("fines/day=1/a.parquet", "fines/_SUCCESS", "zones/b.csv", "notes/readme.txt"):
        file = tmp_path / "raw" / "parking" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
    spark = Spark(tmp_path, {"parquet": ["id", "day"], "csv": ["zone"]})
    sql = types.ModuleType("pyspark.sql")
    sql.__dict__["SparkSession"] = spark
    monkeypatch.setitem(sys.modules, "pyspark", types.ModuleType("pyspark"))
    monkeypatch.setitem(sys.modules, "pyspark.sql", sql)
    monkeypatch.setattr(sys, "argv", ["crawl.py", "--database", "p`q", "--prefix", "raw_", "s3://raw/parking"])
    code = compile(program["data"]["crawl.py"], "crawl.py", "exec")
    exec(code, {"__name__": "__main__"})
    assert spark.made == {"`p``q`.`raw_fines`": ("parquet", ["id", "day"]), "`p``q`.`raw_zones`": ("csv", ["zone"])}
    assert spark.recovered == ["`p``q`.`raw_fines`"]
    assert spark.said == ["CREATE DATABASE IF NOT EXISTS `p``q`"]
    # A second run adds what is new and makes nothing anew.
    spark.columns["csv"].append("since")
    exec(code, {"__name__": "__main__"})
    assert spark.said[-1] == "ALTER TABLE `p``q`.`raw_zones` ADD COLUMNS (`since` string)"
    assert spark.made["`p``q`.`raw_zones`"] == ("csv", ["zone"])
