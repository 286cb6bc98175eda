"""The command `imagehub`: finds its commands by name and loads only the one that is asked for.

Commands of the core are the modules of imagehub.commands, each with one `command`. Others (`up`,
`simulate`) are found by the entry-point group `imagehub.commands`.
"""

from __future__ import annotations

import importlib
import keyword
import pkgutil
from importlib.metadata import EntryPoint, entry_points

import click

from imagehub import __version__, commands
from imagehub.errors import HubError
from imagehub.file_names import NO_TEXT, shown

SHARED = ("import_report", "options", "output")
"""Modules of imagehub.commands that are no command."""

CORE = tuple(
    module.name.rstrip("_").replace("_", "-")  # `import` is no name for a module
    for module in pkgutil.iter_modules(commands.__path__)
    if module.name not in SHARED
)
PLUGINS = "imagehub.commands"


class CliError(click.ClickException):
    """Something that one sentence explains: the hub is not there, a setting is wrong."""

    exit_code = 2


class Commands(click.Group):
    """A group whose commands are loaded when they are asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 -- click's signature
        """Name every command, those of plug-ins too."""
        return sorted({*CORE, *(plugin.name for plugin in entry_points(group=PLUGINS))})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 -- the same
        """Load one command; one that cannot be loaded becomes a command that says why."""
        if cmd_name in CORE:
            name = cmd_name.replace("-", "_") + "_" * keyword.iskeyword(cmd_name)
            module = importlib.import_module(f"imagehub.commands.{name}")
            command: click.Command = module.command
            return command
        for plugin in entry_points(group=PLUGINS, name=cmd_name):
            return load_plugin(plugin)
        return None

    def invoke(self, ctx: click.Context) -> object:
        """Run; an expected error is one sentence and exit code 2, never a stack trace."""
        try:
            return super().invoke(ctx)
        except HubError as error:
            raise CliError(shown(str(error))) from error
        except UnicodeEncodeError as error:
            raise CliError(f"{shown(error.object)!r} {NO_TEXT}; give it in UTF-8.") from error
        except BrokenPipeError:
            ctx.exit(0)  # whoever read our output has seen enough
        except OSError as error:
            where = f": {error.filename}" if error.filename else ""
            raise CliError(f"{error.strerror or error}{where}.") from error


def load_plugin(plugin: EntryPoint) -> click.Command:
    """Load a command from outside of the core, or make one that tells why it cannot be loaded."""
    try:
        command = plugin.load()
    except Exception as error:  # noqa: BLE001 -- what a plug-in raises at import is not ours to know
        return _broken(plugin, f"{type(error).__name__}: {error}")
    if not isinstance(command, click.Command):
        return _broken(plugin, "it is no command")
    return command


def _broken(plugin: EntryPoint, why: str) -> click.Command:
    sentence = f"`imagehub {plugin.name}` cannot be loaded from {plugin.value} ({why})."

    @click.command(
        plugin.name,
        help=sentence,
        short_help="(cannot be loaded; run it to see why)",
        context_settings={"ignore_unknown_options": True},
    )
    @click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
    def command(arguments: tuple[str, ...]) -> None:  # noqa: ARG001 -- takes any, to say the same
        raise CliError(sentence)

    return command


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="imagehub")
def main() -> None:
    """A crowd's photos become image datasets that one can trust.

    Most commands speak to a hub: --server and --token, or IMAGEHUB_SERVER and IMAGEHUB_TOKEN, say
    to which and as whom. `import`, `labels import`, `vectors`, `token` and `status --recount` open
    the catalogue itself, on the machine of the hub.

    \b
    Example:
      imagehub up
      imagehub upload photos/ --label Dog
      imagehub download pets-1
    """
