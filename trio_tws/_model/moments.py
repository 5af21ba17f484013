"""Moments, written the one way that TWS reads alike in every zone."""

from datetime import UTC, datetime


def utc_text(name: str, moment: datetime) -> str:
    """Writes a moment as ``yyyymmdd-hh:mm:ss``, which TWS takes for UTC; fractions are cut off.

    Raises:
        ValueError: It has no time zone, or no time in UTC.
    """
    if moment.utcoffset() is None:
        raise ValueError(f"{name}={moment} has no time zone; give an aware datetime")
    try:
        utc = moment.astimezone(UTC)
    except OverflowError as error:
        raise ValueError(f"{name}={moment} is out of range in UTC") from error
    return f"{utc.year:04}{utc:%m%d-%H:%M:%S}"
