"""A declaration of a tool that is not made as one."""

from tunesmith.bot.datasets.checks.samples import WEATHER, call, calling
from tunesmith.bot.datasets.example_view import ExampleView
from tunesmith.bot.datasets.fields import CONVERSATIONS
from tunesmith.bot.datasets.findings import Collector, Severity, kind_of
from tunesmith.bot.datasets.rule import ExampleRule
from tunesmith.bot.datasets.tool_calls import Tool
from tunesmith.bot.messages import say


def check(example: ExampleView, found: Collector) -> None:
    """The lists of declarations, and each of them."""
    for key in ("tools", "functions"):
        tools = example.holder.get(key)
        if tools is not None and not isinstance(tools, list):
            problem = say("finding.tool.list", key=key, kind=kind_of(tools))
            found.add("invalid_tool_declaration", (*example.holder_path, key), problem=problem)
    for tool in example.tools:
        _check_tool(tool, found)


def _check_tool(tool: Tool, found: Collector) -> None:
    if tool.name is None:
        no_type = tool.path[-2] == "tools"
        problem = say("finding.tool.type" if no_type else "finding.tool.name")
        found.add("invalid_tool_declaration", tool.path, problem=problem)
    elif tool.function is not None:
        parameters = tool.function.get("parameters", {})
        if not isinstance(parameters, dict) or parameters.get("type", "object") != "object":
            path = (*tool.path, "parameters")
            found.add("invalid_tool_declaration", path, problem=say("finding.tool.parameters"))


RULE = ExampleRule(
    code="invalid_tool_declaration",
    severity=Severity.WARNING,
    formats=CONVERSATIONS,
    check=check,
    bad=calling(call(), tools=[WEATHER, {"type": "x"}]),
    good=calling(call()),
)
