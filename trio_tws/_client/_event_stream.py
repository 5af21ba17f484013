"""Messages by type, whatever conversation they belong to."""

from trio_tws._client._inbox import Inbox


class EventStream:
    """One consumer of messages by type."""

    def __init__(self, inbox: Inbox, types: tuple[type, ...]) -> None:
        self.inbox = inbox
        self._types = types

    def deliver(self, batch: list[object]) -> None:
        """Hands on what this consumer asked for."""
        if self._types:
            batch = [event for event in batch if isinstance(event, self._types)]
        if batch:
            self.inbox.deliver(batch)
