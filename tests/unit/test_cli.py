"""The command line explains itself and never shows a stack trace for what it expects."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import EntryPoint
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from imagehub.cli import CORE, Commands, load_plugin, main


def every_command(group: click.Group, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        if not path and name not in CORE:
            continue  # commands of other packages are tested there
        command = group.get_command(context, name)
        assert command is not None
        yield (*path, name)
        if isinstance(command, click.Group):
            yield from every_command(command, (*path, name))


@pytest.mark.parametrize("path", [(), *every_command(main)], ids=" ".join)
def test_every_command_has_help_and_those_that_do_something_an_example(
    path: tuple[str, ...],
) -> None:
    shown = CliRunner().invoke(main, [*path, "--help"])
    assert shown.exit_code == 0, shown.output
    assert "Usage:" in shown.output
    if "COMMAND" not in shown.output.splitlines()[0]:
        assert "Example:\n" in shown.output
        assert f"imagehub {' '.join(path)}" in shown.output.partition("Example:")[2]


def test_the_readme_knows_every_command() -> None:
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    for name in Commands().list_commands(click.Context(main)):
        assert f"`imagehub {name}`" in readme


def test_the_list_names_commands_of_other_packages() -> None:
    assert {"up", "simulate", "upload"} <= set(Commands().list_commands(click.Context(main)))


@pytest.mark.parametrize(
    "value", ["no.such.module:up", "imagehub.cli:no_such", "imagehub.cli:CORE"]
)
def test_a_broken_plug_in_is_a_sentence(value: str) -> None:
    command = load_plugin(EntryPoint("up", value, "imagehub.commands"))
    shown = CliRunner().invoke(command, ["--port", "9"])
    assert shown.exit_code == 2
    assert "`imagehub up` cannot be loaded" in shown.output
    assert "Traceback" not in shown.output


@pytest.mark.parametrize(
    ("arguments", "environment", "sentence"),
    [
        (["status", "--server", "nowhere"], {}, "is no address of a hub"),
        (["status"], {"IMAGEHUB_SERVER": "http://127.0.0.1:1"}, "cannot be reached"),
        (["status"], {"IMAGEHUB_WEB_PORT": "x"}, "IMAGEHUB_WEB_PORT='x' is wrong"),
        (["token", "create", "ana", "--role", "contributor"], {}, "in IMAGEHUB_DATA"),
        (["labels", "import"], {}, "Give either --boxable, or --classes"),
        (["labels", "import", "--boxable", "--classes", __file__], {}, "Give either"),
        (["labels", "import", "--classes", __file__], {}, "Give both"),
        (["subset", "create", "pets", "--label", "Dog", "--split", "train"], {}, "not like"),
        (["nothing"], {}, "No such command"),
    ],
)
def test_expected_trouble_is_one_sentence_and_exit_code_2(
    tmp_path_factory: pytest.TempPathFactory,
    arguments: list[str],
    environment: dict[str, str],
    sentence: str,
) -> None:
    data = str(tmp_path_factory.mktemp("data"))
    shown = CliRunner(env={"IMAGEHUB_DATA": data, **environment}).invoke(main, arguments)
    assert shown.exit_code == 2, shown.output
    assert sentence in shown.stderr
    assert isinstance(shown.exception, SystemExit)
