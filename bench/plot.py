"""Draws dots on a logarithmic scale, a row for each scenario, as SVG."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

_COLOURS: Final = (
    "#d55e00", "#000000", "#0072b2", "#009e73", "#56b4e9", "#cc79a7", "#e69f00",
)  # fmt: skip
"""Okabe and Ito's, which most who don't see all colours can tell apart."""

_FONT: Final = 'font-family="sans-serif" font-size="12" fill="#333"'
_ROW: Final = 26
_LEFT: Final = 170
_WIDTH: Final = 860
_TOP: Final = 60


@dataclass(frozen=True)
class Dot:
    """One client's ratio."""

    client: str
    ratio: float


def draw(rows: Sequence[tuple[str, Sequence[Dot]]], clients: Sequence[str]) -> str:
    """Draws each row's dots; 1 is where ours is, and further right is slower or larger."""
    ratios = [dot.ratio for _, dots in rows for dot in dots if dot.ratio > 0] or [1.0]
    first = math.floor(math.log2(min(ratios)))
    last = max(math.ceil(math.log2(max(ratios))), first + 1)
    height = _TOP + _ROW * len(rows) + 30

    def across(ratio: float) -> float:
        share = (math.log2(max(ratio, 2.0**first)) - first) / (last - first)
        return round(_LEFT + share * (_WIDTH - _LEFT - 30), 1)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" {_FONT}>',
        '<rect width="100%" height="100%" fill="white"/>',
        *_legend(clients),
    ]
    bottom = height - 30
    for power in range(first, last + 1):
        at = across(2.0**power)
        colour = "#888" if power == 0 else "#ddd"
        label = f"×{2.0**power:g}"
        parts += [
            f'<line x1="{at}" y1="{_TOP - 8}" x2="{at}" y2="{bottom}" stroke="{colour}"/>',
            f'<text x="{at}" y="{bottom + 16}" text-anchor="middle">{label}</text>',
        ]
    colours = dict(zip(clients, _COLOURS, strict=False))
    for row, (name, dots) in enumerate(rows):
        y = _TOP + _ROW * row + _ROW // 2
        parts.append(f'<text x="{_LEFT - 12}" y="{y + 4}" text-anchor="end">{escape(name)}</text>')
        parts += [
            f'<circle cx="{across(dot.ratio)}" cy="{y}" r="5" fill="{colours[dot.client]}" '
            f'fill-opacity="0.85"><title>{escape(dot.client)} ×{dot.ratio:.2f}</title></circle>'
            for dot in dots
        ]
    return "\n".join([*parts, "</svg>", ""])


def _legend(clients: Sequence[str]) -> list[str]:
    parts: list[str] = []
    x = 20
    for client, colour in zip(clients, _COLOURS, strict=False):
        parts += [
            f'<circle cx="{x}" cy="20" r="5" fill="{colour}"/>',
            f'<text x="{x + 10}" y="24">{escape(client)}</text>',
        ]
        x += 30 + 7 * len(client)
    return parts
