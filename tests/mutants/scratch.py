"""A copy of the tree to break, with a virtual environment of its own.

Child processes of the tests find our packages through the environment of their interpreter, also
those that ignore PYTHONPATH. So the copy has an interpreter whose environment leads to the copy
first, and then to the libraries of the present one.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import venv
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.mutants.table import ROOT, Mutant


@dataclass(frozen=True, slots=True)
class Scratch:
    """A copy, and the interpreter whose programs run its code."""

    root: Path
    python: Path

    def pytest(self, tests: Sequence[str]) -> subprocess.CompletedProcess[str]:
        """Run tests of the copy until one fails; each is ended after the project's own timeout."""
        options = ("-x", "-rf", "--tb=short", "-p", "no:cacheprovider")
        return subprocess.run(
            [str(self.python), "-m", "pytest", *options, *tests],
            cwd=self.root,
            env={**os.environ, "PATH": f"{self.python.parent}:{os.environ['PATH']}"},
            capture_output=True,
            text=True,
            check=False,
        )

    @contextmanager
    def broken(self, mutant: Mutant) -> Iterator[None]:
        """The copy with one defect in it; raise Stale if there is no place for it."""
        file = mutant.place(self.root)
        whole = file.read_text(encoding="utf-8")
        self._write(file, whole.replace(mutant.old, mutant.new))
        try:
            yield
        finally:
            self._write(file, whole)

    @staticmethod
    def _write(file: Path, text: str) -> None:
        """Bytecode goes too: it is known by time and size, which a quick change may keep."""
        file.write_text(text, encoding="utf-8")
        for compiled in file.parent.glob(f"__pycache__/{file.stem}.*"):
            compiled.unlink()


@contextmanager
def scratch() -> Iterator[Scratch]:
    """A copy of the tree as it is now, of what git knows."""
    with TemporaryDirectory(prefix="imagehub-mutants-") as folder:
        root = Path(folder)
        root.chmod(0o755)  # Postgres and the decoder run as others
        for name in _tracked():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, root / name)
        _make_environment(root)
        yield Scratch(root, root / ".venv/bin/python")


def _tracked() -> list[str]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def _make_environment(root: Path) -> None:
    """An environment beside the copy; its list of paths leaves out the checkout's own entry."""
    environment = root / ".venv"
    venv.create(environment, with_pip=False)
    libraries = sysconfig.get_path("purelib")
    own = sysconfig.get_path("purelib", vars={"base": str(environment)})
    Path(own, "copy.pth").write_text(f"{root}\n{libraries}\n", encoding="utf-8")
    _, _, command = Path(sys.executable).with_name("imagehub").read_text().partition("\n")
    copy = environment / "bin/imagehub"
    copy.write_text(f"#!{copy.with_name('python')}\n{command}", encoding="utf-8")
    copy.chmod(0o755)
