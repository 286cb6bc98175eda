"""E-mail behind one method; the embedded hub writes letters into a folder instead of sending."""

from __future__ import annotations

import os
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Protocol

SENDER = "Deep Images Hub <no-reply@localhost>"


@dataclass(frozen=True, slots=True)
class Letter:
    """An e-mail in plain text; the same `id` is the same letter."""

    id: str
    to: str
    subject: str
    text: str


class Mailer(Protocol):
    """Who carries letters."""

    def send(self, letter: Letter) -> None:
        """Accept a letter durably; the same one again changes nothing. Raises Unavailable."""
        ...


class Outbox:
    """Letters as `.eml` files in a folder, for a person or another program to take."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def send(self, letter: Letter) -> None:
        """Write the letter's file, whole or not at all."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh = self.folder / f".{letter.id}.{os.getpid()}"
        fresh.write_bytes(message(letter).as_bytes(policy=SMTP))
        fresh.rename(self.folder / f"{letter.id}.eml")


def message(letter: Letter) -> EmailMessage:
    """The letter as RFC 5322 has it."""
    made = EmailMessage()
    made["From"] = SENDER
    made["To"] = letter.to
    made["Subject"] = letter.subject
    made["Message-ID"] = f"<{letter.id}@deep-images-hub.localhost>"
    made.set_content(letter.text)
    return made
