"""What can go wrong, as types: refuse, retry and crash are three different things.

    HubError
    ├── Refused        the input is at fault; sending the same thing again will not help
    ├── NotFound       no such thing, or none that this person may see
    ├── Conflict       the thing exists already and is different
    ├── Forbidden      known who you are, and you may not
    ├── Unauthorised   not known who you are
    ├── TooMany        asked too often; the same request may succeed later
    ├── Unavailable    a part is down for now; the same request may succeed later
    └── Misconfigured  a setting or the machine is wrong; a person must change it

Anything else is a bug and crashes the process that met it.
"""


class HubError(Exception):
    """Base of all errors that carry a sentence for a person."""


class Refused(HubError):
    """The input is at fault.

    `code` is stable and meant for programs (``too_many_pixels``); `sentence` is meant for people
    and says what was wrong, with which thing, and what to do.
    """

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence

    def __reduce__(self) -> tuple[type["Refused"], tuple[str, str]]:
        return type(self), (self.code, self.sentence)


class NotFound(HubError):
    """No such thing, or none that the asker may see: the two are never told apart."""


class Conflict(HubError):
    """The thing exists already and is different from what was sent."""


class Forbidden(HubError):
    """The asker is known and lacks the role."""


class Unauthorised(HubError):
    """The asker is not known."""


class TooMany(HubError):
    """Asked too often; `retry_after_seconds` is when to ask again."""

    def __init__(self, sentence: str, retry_after_seconds: int) -> None:
        super().__init__(sentence)
        self.retry_after_seconds = retry_after_seconds


class Unavailable(HubError):
    """A part is down for now.

    `retry_after_seconds` is when the same request is worth another try.
    """

    def __init__(self, sentence: str, retry_after_seconds: int = 5) -> None:
        super().__init__(sentence)
        self.retry_after_seconds = retry_after_seconds


class Misconfigured(HubError):
    """A setting or the machine is wrong; the sentence names it and says what to do."""
