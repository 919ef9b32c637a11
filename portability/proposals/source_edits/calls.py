"""Calls as edits ask about them: what is called, and with what; and the same with other arguments."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import libcst as cst


def called(call: cst.Call) -> str:
    """The last word of what is called: ``client`` of ``boto3.client(…)``; empty where it has none."""
    name = call.func.attr if isinstance(call.func, cst.Attribute) else call.func
    return name.value if isinstance(name, cst.Name) else ""


def keyword(call: cst.Call, name: str) -> cst.BaseExpression | None:
    """The argument of a name."""
    return next((one.value for one in call.args if one.keyword is not None and one.keyword.value == name), None)


def keywords(call: cst.Call) -> dict[str, cst.BaseExpression] | None:
    """The arguments by name; None where some have none, or come from a collection."""
    if any(one.keyword is None for one in call.args):
        return None
    return {one.keyword.value: one.value for one in call.args if one.keyword is not None}


def entries(node: cst.BaseExpression | None) -> dict[str, cst.BaseExpression]:
    """What a dict that is written out holds, by its keys; empty where not all of them are plain texts."""
    found: dict[str, cst.BaseExpression] = {}
    for element in node.elements if isinstance(node, cst.Dict) else ():
        key = text(element.key) if isinstance(element, cst.DictElement) else None
        if key is None:
            return {}
        found[key] = element.value
    return found


def text(node: cst.BaseExpression | None) -> str | None:
    """The value of a plain string."""
    value = node.evaluated_value if isinstance(node, cst.SimpleString | cst.ConcatenatedString) else None
    return value if isinstance(value, str) else None


def quoted(value: str) -> str:
    """A text as Python writes it, in double quotes where these will do."""
    plain = value.isprintable() and not set(value) & {'"', "\\"}
    return f'"{value}"' if plain else repr(value)


def with_arguments(call: cst.Call, **given: str) -> cst.Call:
    """A call with arguments of these names, as code: those that it has change, the others come last, laid out alike."""
    for name, code in given.items():
        value = cst.parse_expression(code)
        args = list(call.args)
        at = next((i for i, one in enumerate(args) if one.keyword is not None and one.keyword.value == name), None)
        if at is not None:
            args[at] = args[at].with_changes(value=value)
        else:
            args = _longer(call, cst.Arg(value, cst.Name(name), equal=_TIGHT))
        call = call.with_changes(args=args)
    return call


def with_others(call: cst.Call, gone: Collection[str], new: Mapping[str, str]) -> cst.Call:
    """A call with other arguments in the place of those named ``gone``, laid out as these were."""
    waiting = list(new.items())
    args: list[cst.Arg] = []
    for one in call.args:
        if one.keyword is None or one.keyword.value not in gone:
            args.append(one)
        elif waiting:
            name, code = waiting.pop(0)
            args.append(one.with_changes(keyword=cst.Name(name), value=cst.parse_expression(code)))
        elif one is call.args[-1] and args:  # what stands before the bracket stays
            comma, space = one.comma, silent(one.whitespace_after_arg)
            if isinstance(comma, cst.Comma):
                comma = comma.with_changes(whitespace_after=silent(comma.whitespace_after))
            args[-1] = args[-1].with_changes(comma=comma, whitespace_after_arg=space)
    return with_arguments(call.with_changes(args=args), **dict(waiting))


_TIGHT = cst.AssignEqual(cst.SimpleWhitespace(""), cst.SimpleWhitespace(""))


def _longer(call: cst.Call, argument: cst.Arg) -> list[cst.Arg]:
    """The arguments with one more, which takes over what stands between the last one and the bracket."""
    if not call.args:
        return [argument]
    *others, last = call.args
    between: cst.BaseParenthesizableWhitespace = cst.SimpleWhitespace(" ")
    if isinstance(call.whitespace_before_args, cst.ParenthesizedWhitespace):
        between = call.whitespace_before_args
    if others and isinstance(comma := others[-1].comma, cst.Comma):
        between = comma.whitespace_after
    old = last.comma.whitespace_after if isinstance(last.comma, cst.Comma) else last.whitespace_after_arg
    if isinstance(old, cst.ParenthesizedWhitespace) and old.first_line.comment is not None:  # stays where it stands
        between = between if isinstance(between, cst.ParenthesizedWhitespace) else old
        between, old = between.with_changes(first_line=old.first_line, empty_lines=[]), silent(old)
    elif isinstance(between, cst.ParenthesizedWhitespace):
        between = silent(between.with_changes(empty_lines=[]))
    if isinstance(last.comma, cst.Comma):
        argument = argument.with_changes(comma=last.comma.with_changes(whitespace_after=old))
    else:
        argument = argument.with_changes(whitespace_after_arg=old)
    bare = {"comma": cst.Comma(whitespace_after=between), "whitespace_after_arg": cst.SimpleWhitespace("")}
    return [*others, last.with_changes(**bare), argument]


def silent(space: cst.BaseParenthesizableWhitespace) -> cst.BaseParenthesizableWhitespace:
    """The same line break without the comment before it: that one belongs to an argument."""
    if not isinstance(space, cst.ParenthesizedWhitespace):
        return space
    return space.with_changes(first_line=cst.TrailingWhitespace(newline=cst.Newline()))
