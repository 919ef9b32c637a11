"""Pure functions and operators come to what Terraform makes of them. All values here were also had from HashiCorp's own
evaluator, but for what is unknown: it is what only a run could tell, or is left out on purpose."""

from __future__ import annotations

import pytest

from portability.model import UNKNOWN

AROUND = """
variable "any" {}
variable "shape" {
  type    = object({ a = string, b = optional(string) })
  default = { a = "x", c = "dropped" }
}
variable "free" { default = { a = "x", list = ["p", "q"], none = null } }
locals { free = { a = { b = 1 } } }
resource "a_b" "other" { tags = { k = "v" } }
"""

KNOWN = [
    ("60 * 1.1", 66),
    ("0.1 + 0.2", 0.3),
    ("7 / 2", 3.5),
    ("6 / 2", 3),
    ("7 % 3", 1),
    ("-7 % 3", -1),
    ('"3" * 2', 6),
    ("1.5 < 2", True),
    ('format("%s-%d-%v%%", "a", 7, true)', "a-7-true%"),
    ('format("%05d|%-4s|%4s", 42, "ab", "cd")', "00042|ab  |  cd"),
    ('formatlist("%s.%s", ["a", "b"], "x")', ["a.x", "b.x"]),
    ('replace("a.b.c", ".", "-")', "a-b-c"),
    ('replace("Ab_C9", "/[^a-z]/", "-")', "-b---"),
    ('replace("a  b", "/[ ]+/", "-")', "a-b"),
    ('title("hello big-world")', "Hello Big-World"),
    ('strcontains("hello", "ell")', True),
    ('chomp("a\\n")', "a"),
    ('basename("a/b.c")', "b.c"),
    ('dirname("a/b/c")', "a/b"),
    ('dirname("a")', "."),
    ('alltrue([true, "true"])', True),
    ("alltrue([])", True),
    ("alltrue([true, false])", False),
    ("anytrue([false, true])", True),
    ("anytrue([])", False),
    ('distinct([1, true, "1", 1.0, [1], [1], { a = 1 }, { a = 1 }])', [1, True, "1", [1], {"a": 1}]),
    ("length(distinct(range(1000)))", 1000),
    ("sum([1, 2.5, 3])", 6.5),
    ("range(3)", [0, 1, 2]),
    ("range(1, 4)", [1, 2, 3]),
    ("range(-2)", [0, -1]),
    ("range(4, 0, -2)", [4, 2]),
    ('slice(["a", "b", "c"], 1, 3)', ["b", "c"]),
    ('index(["a", "b"], "b")', 1),
    ("chunklist([1, 2, 3], 2)", [[1, 2], [3]]),
    ('coalescelist([], ["a"])', ["a"]),
    ('setunion(["b", "a"], ["c", "a"])', ["a", "b", "c"]),
    ('setintersection(["b", "a"], ["c", "a"])', ["a"]),
    ('setsubtract(["b", "a"], ["a"])', ["b"]),
    ('setproduct(["a", "b"], ["x"])', [["a", "x"], ["b", "x"]]),
    ('[for p in setproduct(["a"], ["x", "y"]) : "${p[0]}${p[1]}"]', ["ax", "ay"]),
    ('cidrsubnet("10.0.0.0/16", 8, 2)', "10.0.2.0/24"),
    ('cidrsubnet("fd00::/48", 16, 255)', "fd00:0:0:ff::/64"),
    ('cidrhost("10.0.0.0/16", 5)', "10.0.0.5"),
    ('cidrhost("10.0.0.0/16", -1)', "10.0.255.255"),
    ('cidrnetmask("10.0.0.0/20")', "255.255.240.0"),
    ('base64decode("aMOp")', "hé"),
    ('md5("a")', "0cc175b9c0f1b6a831c399e269772661"),
    ('substr(sha1("a"), 0, 8)', "86f7e437"),
    ('substr(sha256("a"), 0, 8)', "ca978112"),
    ('contains(["a", "b"], "b")', True),
    ('try(var.free.a, "d")', "x"),
    ('try(var.free.missing, "d")', "d"),
    ("try(var.free.missing.deeper, var.free.a)", "x"),
    ('try(var.free.none.deeper, "d")', "d"),
    ('try(var.free.list[1], "d")', "q"),
    ('try(var.free.list[2], "d")', "d"),
    ('try(var.free["missing"], "d")', "d"),
    ('try(upper(var.free.missing), "d")', "d"),
    ("try(local.free.a.c, local.free.a.b)", 1),
    ('try(var.shape.b, "d")', None),
    ('try(var.shape.c, "d")', "d"),
    ("[for f in [{ a = 1 }, {}] : try(f.a, 0)]", [1, 0]),
    ("can(var.free.a)", True),
    ("can(var.free.missing)", False),
]

NOT_KNOWN = [
    ('try(var.any.x, "d")', "what a run sets may have it"),
    ('try(a_b.other.tags_all.k, "d")', "a provider may compute it"),
    ('try(a_b.other.tags["gone"], "d")', "a provider may compute it"),
    ("can(var.any)", "what a run sets may fail"),
    ('regex("(a+)+$", "aaaa")', "a pattern may take for ever"),
    ('replace("aaaa", "/(a+)+$/", "")', "a pattern may take for ever"),
    ('replace("a", "/[z-a]/", "")', "no pattern"),
    ('format("%.2f", 1.5)', "a verb that is left out"),
    ('format("%s")', "too few values"),
    ('format("%s", "a", "b")', "too many values"),
    ('format("%s", ["a"])', "no text"),
    ("1 / 0", "no number"),
    ("5 % 0", "no number"),
    ('"a" * 2', "no number"),
    ("range(100000)", "too many"),
    ("range(1, 5, 0)", "without end"),
    ('cidrsubnet("10.0.0.0/16", 1000000, 2)', "no such network"),
    ('cidrsubnet("10.0.0.0/16", 2, 4)', "no such network"),
    ('cidrhost("10.0.0.0/30", 9)', "no such host"),
    ("coalescelist([], [])", "nothing"),
    ('index("abc", "b")', "no list"),
    ('slice("abc", 0, 1)', "no list"),
    ('index(["a"], "b")', "not in it"),
    ('base64decode("?")', "no base64"),
    ("timestamp()", "the time of a run"),
]


@pytest.fixture
def comes_to(readings):
    """``comes_to(expression)``, in a module that has a few variables and locals."""

    def evaluate(expression):
        code = f"{AROUND}resource a_b c {{ x = {expression} }}\n"
        return readings({"main.tf": code}, {"a_b": ("x",)})["main.tf"].usages[-1].values["x"]

    return evaluate


@pytest.mark.parametrize(("expression", "value"), KNOWN)
def test_a_function_comes_to_what_terraform_makes_of_it(comes_to, expression, value):
    found = comes_to(expression)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(("expression", "why"), NOT_KNOWN)
def test_what_only_a_run_could_tell_or_would_refuse_is_unknown(comes_to, expression, why):
    assert comes_to(expression) is UNKNOWN, why
