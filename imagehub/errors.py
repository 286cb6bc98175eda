"""Errors as types: to refuse, to retry and to crash are three different reactions.

    HubError
    ├── Refused        the input is at fault; sending the same thing again will not help
    ├── NotFound       it does not exist, or this account may not see it
    ├── Conflict       it exists already and is different
    ├── Forbidden      the account is known and may not do this
    ├── Unauthorised   the account is not known
    ├── TooMany        over a rate limit; the same request may succeed later
    ├── Unavailable    a part is down for now; the same request may succeed later
    │   └── Damaged    an object came with other bytes than were stored
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
    """It does not exist, or the account may not see it: the answer is the same for both."""


class Conflict(HubError):
    """The thing exists already and is different from what was sent."""


class Forbidden(HubError):
    """The account is known and lacks the role."""


class Unauthorised(HubError):
    """The account is not known."""


class TooMany(HubError):
    """Over a rate limit; `retry_after_seconds` is how long to wait before the next request."""

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


class Damaged(Unavailable):
    """An object came with other bytes than were stored, and came so again: nobody gets them.

    What handles many objects takes it as the loss of this one, and goes on.
    """


class Misconfigured(HubError):
    """A setting or the machine is wrong; the sentence names it and says what to do."""
