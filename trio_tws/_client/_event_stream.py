"""Messages by type, whatever conversation they belong to."""

from collections.abc import Callable, Collection

from trio_tws._client._inbox import Inbox


class EventStream:
    """One consumer of messages by type; without types, of everything."""

    def __init__(self, inbox: Inbox, types: tuple[type, ...]) -> None:
        self.inbox = inbox
        self._types = types

    def deliver(self, batch: list[object]) -> None:
        """Hands on what this consumer asked for."""
        if self._types:
            batch = [event for event in batch if isinstance(event, self._types)]
        if batch:
            self.inbox.deliver(batch)

    @property
    def takes_payloads(self) -> bool:
        """Whether payloads will do in place of what they say."""
        return self.inbox.takes_payloads and not self._types


class EventStreams:
    """All consumers of messages by type in a session."""

    def __init__(self) -> None:
        self._streams: list[EventStream] = []

    def __len__(self) -> int:
        return len(self._streams)

    def add(self, stream: EventStream) -> None:
        """Registers a consumer."""
        self._streams.append(stream)

    def remove(self, stream: EventStream) -> None:
        """Forgets a consumer."""
        stream.inbox.discard()
        if stream in self._streams:
            self._streams.remove(stream)

    def deliver(self, events: list[object], payloads: Collection[bytes]) -> list[Inbox]:
        """Hands on the messages of one read; gives the inboxes that are behind.

        Args:
            events: The messages.
            payloads: What they were read from, one for each; none if they can't be read again.
        """
        behind: list[Inbox] = []
        for stream in self._streams:
            if payloads and stream.takes_payloads:
                stream.inbox.deliver([*payloads])
            elif events:
                stream.deliver(events)
            if stream.inbox.is_behind:
                behind.append(stream.inbox)
        return behind

    def close(self, error: Callable[[], Exception]) -> None:
        """Ends all streams with an error."""
        for stream in self._streams:
            stream.inbox.close(error)
