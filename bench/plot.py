"""Draws dots on a logarithmic scale, a row for each scenario, as SVG."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

_COLOURS: Final = (
    "#d55e00", "#000000", "#0072b2", "#009e73", "#56b4e9", "#cc79a7", "#e69f00",
)  # fmt: skip
"""Okabe and Ito's, which most who don't see all colours can tell apart."""

_FONT: Final = 'font-family="sans-serif" font-size="12" fill="#333"'
_LETTER: Final = 7
"""About how wide a letter is."""

_ROW: Final = 26
_LEFT: Final = 170
_WIDTH: Final = 860
_GROWTH_LEFT: Final = 70
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


def draw_growth(costs: Mapping[str, Mapping[int, float]]) -> str:
    """Draws a line for each thing that grows: a cost in microseconds over sizes, from zero up."""
    sizes = sorted({size for found in costs.values() for size in found})
    most = max((cost for found in costs.values() for cost in found.values()), default=1.0)
    height, bottom = 320, 280

    def point(size: int, cost: float) -> tuple[float, float]:
        share = math.log10(size) / max(math.log10(sizes[-1]), 1)
        across = _GROWTH_LEFT + share * (_WIDTH - _GROWTH_LEFT - 40)
        return round(across, 1), round(bottom - cost / most * (bottom - _TOP), 1)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" {_FONT}>',
        '<rect width="100%" height="100%" fill="white"/>',
        *_legend(list(costs)),
        f'<text x="{_GROWTH_LEFT - 8}" y="{_TOP + 4}" text-anchor="end">{most:.3g} µs</text>',
        f'<text x="{_GROWTH_LEFT - 8}" y="{bottom + 4}" text-anchor="end">0</text>',
        f'<line x1="{_GROWTH_LEFT}" y1="{bottom}" x2="{_WIDTH - 40}" y2="{bottom}" stroke="#888"/>',
    ]
    for size in sizes:
        x, _ = point(size, 0)
        parts.append(f'<text x="{x}" y="{bottom + 18}" text-anchor="middle">{size:,}</text>')
    for (name, found), colour in zip(costs.items(), _COLOURS, strict=False):
        points = [point(size, cost) for size, cost in found.items()]
        path = " ".join(f"{x},{y}" for x, y in points)
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [
            f'<circle cx="{x}" cy="{y}" r="4" fill="{colour}">'
            f"<title>{escape(name)}, {size:,}: {cost:.2f} µs</title></circle>"
            for (x, y), (size, cost) in zip(points, found.items(), strict=True)
        ]
    return "\n".join([*parts, "</svg>", ""])


def _legend(names: Sequence[str]) -> list[str]:
    """Says which colour is whose, in two lines if one has no room for it."""
    parts: list[str] = []
    x, y = 20, 20
    for name, colour in zip(names, _COLOURS, strict=False):
        width = 30 + _LETTER * len(name)
        if x + width > _WIDTH:
            x, y = 20, y + 18
        parts += [
            f'<circle cx="{x}" cy="{y}" r="5" fill="{colour}"/>',
            f'<text x="{x + 10}" y="{y + 4}">{escape(name)}</text>',
        ]
        x += width
    return parts
