"""What a configuration means: files that set each other's values, modules that call each other."""

from __future__ import annotations

import pytest

from portability.interest import Claim, Interest, NameTable
from portability.model import UNKNOWN, Source
from portability.parsers.terraform import read
from portability.parsers.terraform.conversion import known
from portability.parsers.terraform.steps import joined

PATHS = ("engine", "size", "tags", "names", "rule.port", "note")


@pytest.fixture
def usages():
    table = NameTable.of([("aws_*", Claim("any/service", "primary"))])
    interest = Interest(names={"terraform": table}, attributes={"aws_db": PATHS})

    def of(**files: str):
        unit = [
            Source(path=path.replace("__", "/").replace("_DOT_", "."), language="terraform", data=text.encode())
            for path, text in files.items()
        ]
        readings = read(unit, interest)
        return [usage for path in sorted(readings) for usage in readings[path].usages]

    return of


def one(usages, body: str, **files: str):
    [found] = usages(main_DOT_tf=f'resource "aws_db" "x" {{\n{body}\n}}', **files)
    return found.values


CODE = """
resource "aws_db" "x" {
  engine = aws_key.k.arn                    # and not aws_db.y
  tags   = { a = "${data.aws_vpc.v.id}-${local.b}", y = each.value.aws_db.y }
  note   = module.m.out
  size   = aws_db.gone.size + aws_db.x.size
}
locals {
  b = local.c
  c = [local.b, aws_db . z[0].id]
}
resource "aws_key" "k" {}
resource "aws_db" "y" {}
resource "aws_db" "z" {}
data "aws_vpc" "v" {}
module "m" {
  source = "a/b/c"
}
"""


def test_a_block_says_which_others_it_leans_on(usages):
    leaning = {use.address: use.references for use in usages(main_DOT_tf=CODE)}
    assert leaning["aws_db.x"] == ("aws_db.z", "aws_key.k", "data.aws_vpc.v", "module.m")
    assert leaning["aws_db.y"] == ()


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("var.engine", "postgres"),
        ('"${var.engine}-${local.n}"', "postgres-3"),
        ("local.settings.engine", "postgres"),
        ("local.list[1]", "b"),
        ('local.settings["engine"]', "postgres"),
        ("upper(var.engine)", "POSTGRES"),
        ('var.engine == "mysql" ? "a" : "b"', "b"),
        ("local.n * 2 + 1", 7),
        ('[for x in local.list : upper(x) if x != "a"]', ["B"]),
        ("{ for k, v in local.settings : v => k }", {"postgres": "engine"}),
        ("local.objects[*].name", ["p", "q"]),
        ("merge(local.settings, { size = 1 }).size", 1),
        ('lookup(local.settings, "engine", "none")', "postgres"),
        ("aws_other.y.engine", "oracle"),
        ("var.missing", UNKNOWN),
        ("local.settings.missing", UNKNOWN),
        ("local.circle", UNKNOWN),
        ("var.secret", UNKNOWN),
        ("aws_other.y.id", UNKNOWN),
        ('var.unknown ? "a" : "a"', "a"),
        ("true || var.unknown", True),
        ("var.unknown && true", UNKNOWN),
        ("uuid()", UNKNOWN),
        ("<<-E\n  a ${var.engine}\n    b\nE\n", "a postgres\n  b\n"),
    ],
)
def test_an_expression_is_what_the_module_says_it_is(usages, expression, value):
    around = """
    variable "engine" { default = "postgres" }
    variable "missing" {}
    variable "secret" {
      default   = "hunter2"
      sensitive = true
    }
    locals {
      n        = 3
      list     = ["a", "b"]
      settings = { engine = var.engine }
      objects  = [{ name = "p" }, { name = "q" }]
      circle   = local.round
      round    = local.circle
    }
    data "aws_x" "y" {}
    """
    other = 'resource "other" "z" {}\n'
    found = usages(
        a_DOT_tf=around + other + 'resource "aws_other" "y" { engine = "oracle" }',
        main_DOT_tf=f'resource "aws_db" "x" {{\n  engine = {expression}\n}}',
    )
    [usage] = [usage for usage in found if usage.symbol == "aws_db"]
    assert usage.values == {"engine": value}


def test_files_of_values_rank_as_in_terraform_and_one_that_may_be_passed_makes_doubt(usages):
    variable = 'variable "engine" { default = "a" }\n'
    body = "  engine = var.engine"
    assert one(usages, body, v_DOT_tf=variable)["engine"] == "a"
    assert one(usages, body, v_DOT_tf=variable, terraform_DOT_tfvars='engine = "b"')["engine"] == "b"
    both = {"terraform_DOT_tfvars": 'engine = "b"', "z_DOT_auto_DOT_tfvars_DOT_json": '{"engine": "c"}'}
    assert one(usages, body, v_DOT_tf=variable, **both)["engine"] == "c"
    assert one(usages, body, v_DOT_tf=variable, prod_DOT_tfvars='engine = "b"')["engine"] is UNKNOWN
    assert one(usages, body, v_DOT_tf=variable, prod_DOT_tfvars='engine = "a"')["engine"] == "a"


DATABASE = """
variable "engine" {}
variable "on" { default = true }
resource "aws_db" "x" {
  count  = var.on ? 1 : 0
  engine = var.engine
}
"""


def test_a_called_module_has_the_values_on_which_its_calls_agree_and_tells_who_calls(usages):
    call = 'module "{}" {{\n  source = "../db"\n  engine = "{}"\n}}\n'
    [agreed] = usages(db__main_DOT_tf=DATABASE, app__main_DOT_tf=call.format("a", "x") + call.format("b", "x"))
    assert agreed.values["engine"] == "x"
    assert [str(place) for place in agreed.related] == ["app/main.tf:1", "app/main.tf:5"]
    [torn] = usages(db__main_DOT_tf=DATABASE, app__main_DOT_tf=call.format("a", "x") + call.format("b", "y"))
    assert torn.values["engine"] is UNKNOWN


def test_a_block_is_off_when_every_call_says_so_and_a_switch_when_only_a_default_does(usages):
    call = 'module "a" {{\n  source = "../db"\n  engine = "x"\n  {}\n}}'
    for argument, active in [("on = false", "no"), ("on = true", "yes"), ("", "unknown"), ("count = 0", "no")]:
        [usage] = usages(db__main_DOT_tf=DATABASE, app__main_DOT_tf=call.format(argument))
        assert usage.active == active, argument


def test_an_output_of_a_called_module_is_what_it_says_there(usages):
    [usage] = usages(
        names__main_DOT_tf='variable "a" {}\noutput "full" { value = "${var.a}-x" }',
        main_DOT_tf='module "n" {\n  source = "./names"\n  a = "p"\n}\n',
        x_DOT_tf='resource "aws_db" "x" {\n  engine = module.n.full\n}',
    )
    assert usage.values["engine"] == "p-x"


def test_modules_that_call_themselves_or_each_other_come_to_an_end(usages):
    loop = 'module "m" {{\n  source = "{}"\n  a = module.m.o\n}}\nvariable "a" {{}}\noutput "o" {{ value = var.a }}\n'
    block = 'resource "aws_db" "x" {\n  engine = var.a\n}'
    found = usages(main_DOT_tf=loop.format("./b") + block, b__main_DOT_tf=loop.format("../") + block)
    assert [usage.values["engine"] for usage in found] == [UNKNOWN, UNKNOWN]
    [own] = usages(main_DOT_tf=loop.format("./") + block)
    assert own.values["engine"] is UNKNOWN


def test_each_is_known_where_all_instances_agree(usages):
    values = one(
        usages,
        '  for_each = { a = { e = "x", s = 1 }, b = { e = "x", s = 2 } }\n'
        "  engine = each.value.e\n  size = each.value.s",
    )
    assert values == {"engine": "x", "size": UNKNOWN}


def test_a_dynamic_block_makes_one_block_for_each_element(usages):
    dynamic = '  dynamic "rule" {\n    for_each = [1, 2]\n    content { port = rule.value }\n  }'
    assert one(usages, dynamic)["rule.port"] == [1, 2]


def test_a_provider_says_where_its_resources_are_also_to_the_modules_it_is_handed_to(usages):
    provider = 'provider "aws" {\n  alias = "eu"\n  region = "eusc-de-east-1"\n}\n'
    call = 'module "a" {\n  source = "./db"\n  engine = "x"\n  providers = { aws = aws.eu }\n}'
    [usage] = usages(main_DOT_tf=provider + call, db__main_DOT_tf=DATABASE)
    assert usage.places == ("eusc-de-east-1",)
    [usage] = usages(
        main_DOT_tf='provider "aws" { region = var.r }\nvariable "r" { default = "eu-west-1" }\n' + DATABASE
    )
    assert usage.places == ("eu-west-1",)


def test_opentofu_reads_its_own_file_in_the_place_of_terraforms(usages):
    block = 'resource "aws_db" "{}" {{}}'
    found = usages(main_DOT_tf=block.format("terraform"), main_DOT_tofu=block.format("tofu"))
    assert [usage.address for usage in found] == ["aws_db.tofu"]


def test_a_resource_of_the_generic_azure_provider_goes_by_its_resource_managers_type():
    table = NameTable.of([("Microsoft.Storage/*", Claim("any/service", "primary"))])
    type_ = "Microsoft.Storage/storageAccounts@${local.v}"
    code = f'locals {{ v = "2023-01-01" }}\nresource "azapi_resource" "s" {{\n  type = "{type_}"\n}}'
    source = Source(path="main.tf", language="terraform", data=code.encode())
    [usage] = read([source], Interest(names={"arm": table}))["main.tf"].usages
    assert (usage.namespace, usage.symbol, usage.address) == (
        "arm",
        "Microsoft.Storage/storageAccounts",
        "azapi_resource.s",
    )


def test_names_that_multiply_each_other_cost_a_bounded_amount(usages):
    laughs = "locals {\n  a0 = [1, 2]\n" + "".join(
        f"  a{n} = [local.a{n - 1}, local.a{n - 1}, local.a{n - 1}]\n" for n in range(1, 60)
    )
    chain = "".join(f"  b{n} = local.b{n + 1}\n" for n in range(3_000))
    block = 'resource "aws_db" "x" {\n  engine = local.a59\n  size = local.b0\n}'
    [usage] = usages(l_DOT_tf=laughs + chain + "}", main_DOT_tf=block)
    assert not known(usage.values["engine"])
    assert usage.values["size"] is UNKNOWN


def test_a_module_that_is_not_in_the_tree_and_that_nobody_knows_is_told():
    calls = {
        "a": "./gone",
        "b": "git::https://git.example/x.git?ref=v1",
        "c": "../up/and/out",
        "d": "terraform-a/b/aws",
    }
    code = "".join(f'module "{name}" {{\n  source = "{source}"\n}}\n' for name, source in calls.items())
    table = NameTable.of([("terraform-a/*", Claim("any/service", "primary"))])
    source = Source(path="main.tf", language="terraform", data=code.encode())
    found = read([source], Interest(names={"terraform-module": table}))["main.tf"].missing
    assert [(one.name, one.location.line) for one in found] == [
        ("./gone", 1),
        ("git::https://git.example/x.git", 4),
        ("../up/and/out", 7),
    ]


def test_values_agree_when_terraform_would_say_so():
    assert joined([1, 1.0]) == 1
    assert joined([1, True]) is UNKNOWN
    assert joined([{"a": UNKNOWN}, {"a": UNKNOWN}]) == {"a": UNKNOWN}
    assert joined([{"a": 1, "b": [1, 2]}, {"a": 1, "b": [1, 3]}]) == {"a": 1, "b": [1, UNKNOWN]}
    assert joined([{"a": 1}, {"b": 1}]) is UNKNOWN
    assert joined([[1], [1, 2]]) is UNKNOWN
    assert joined([]) is UNKNOWN
