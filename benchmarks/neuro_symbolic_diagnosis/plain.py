"""One picture at a time, as one would first write it: the peers of `speed.py`.

The renderer paints every area, spot and hair over the whole picture and gives the same picture as
the batched one. The measurements follow the usual recipes of image processing, with loops over
axes, sectors and scales; they look at the same things and are not the same numbers. The logic adds
one finding after the other to the distribution of the score.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
import torch.nn.functional as functional
from numpy.typing import NDArray
from scipy import ndimage
from torch import Tensor

from labkit.trends.neuro_symbolic_diagnosis.world import geometry, renderer
from labkit.trends.neuro_symbolic_diagnosis.world.lesions import Lesions
from labkit.trends.neuro_symbolic_diagnosis.world.nuisances import Nuisances

Picture = NDArray[Any]


def render_one(lesion: Lesions, nuisance: Nuisances, size: int = 64) -> Picture:
    """Draw one lesion (both arguments hold one), shape (size, size, 3)."""
    grid = (np.arange(size) + 0.5) / size - 0.5
    across, down = np.meshgrid(grid, grid)
    dx, dy = nuisance.shift[0]
    x, y = across - dx, down - dy
    radius = np.hypot(x, y)
    turn = 2 * np.pi * geometry.luck_of(lesion.luck, "axis")[0, 0] - nuisance.rotation[0]
    radii = geometry.outline(lesion.luck, lesion.asymmetry)
    place = np.mod(np.arctan2(y, x) - turn, 2 * np.pi) / (2 * np.pi) * geometry.ANGLES
    place = place.astype(int) % geometry.ANGLES
    reach = radii[0][place]

    streaks = _streaks(lesion, place) & (radius > 0.72 * reach) & (radius < 1.12 * reach)
    body = _body(lesion, (x, y), turn, radii, streaks)
    sharp = geometry.sharp_sectors(lesion.luck, lesion.border)[0]
    width = np.where(sharp, 0.010, 0.075)[place // (geometry.ANGLES // 8)] / 2.2
    cover = 1 / (1 + np.exp(np.clip((radius - reach) / width, -30, 30)))
    cover = np.where(streaks, np.maximum(cover, 0.75), cover)[..., None]
    skin = (
        nuisance.skin[0] + (nuisance.slope[0, 0] * across + nuisance.slope[0, 1] * down)[..., None]
    )
    return _photograph(skin * (1 - cover) + body * cover, nuisance, across, down)


def _body(lesion: Lesions, at: Any, turn: float, radii: Any, streaks: Any) -> Picture:
    x, y = at
    tints = 0.10 * (geometry.luck_of(lesion.luck, "tints").reshape(6, 3) - 0.5)
    paints = renderer.COLOUR_RGB + tints
    ground = paints[lesion.ground[0]]
    body = np.ones((*x.shape, 3)) * ground
    network, homogeneous, has_streaks, dots, globules = lesion.structures[0] > 0
    if network:
        chance = geometry.luck_of(lesion.luck, "network")[0]
        angle, mesh = turn + np.pi * chance[0], (5 + 1.5 * chance[1]) / 64
        u = (x * np.cos(angle) + y * np.sin(angle)) / mesh
        v = (y * np.cos(angle) - x * np.sin(angle)) / mesh
        lines = (np.abs(u - np.rint(u)) > 0.36) | (np.abs(v - np.rint(v)) > 0.36)
        body = np.where(lines[..., None], 0.7 * body, body)

    def paint(disc: Any, colour: Any, edge: float, opacity: float) -> None:
        nonlocal body
        middle_x = disc[0] * np.cos(turn) - disc[1] * np.sin(turn)
        middle_y = disc[0] * np.sin(turn) + disc[1] * np.cos(turn)
        distance = np.hypot(x - middle_x, y - middle_y) - disc[2]
        share = opacity / (1 + np.exp(np.clip(distance / edge, -30, 30)))[..., None]
        body = body * (1 - share) + colour * share

    slots = geometry.colour_slots(lesion.luck, lesion.ground)
    discs = geometry.area_discs(lesion.luck, slots, radii)[0]
    for colour in np.flatnonzero(lesion.colours[0]):
        if colour != lesion.ground[0]:
            paint(discs[colour], paints[colour], 0.012, 1.0)
    if homogeneous:
        tint = 0.5 * ground + 0.5 * np.array([0.70, 0.58, 0.52])
        paint(geometry.homogeneous_disc(lesion.luck, radii)[0], tint, 0.012, 1.0)
    if has_streaks:
        body = np.where(streaks[..., None], 0.45 * body, body)
    for present, kind, colour, opacity in (
        (dots, "dots", renderer.DOT_RGB, 0.9),
        (globules, "globules", renderer.GLOBULE_RGB, 0.85),
    ):
        if present:
            for disc in geometry.spots(lesion.luck, kind, radii)[0]:
                if disc[2] > 0:
                    paint(disc, colour, 0.0045, opacity)
    return body


def _streaks(lesion: Lesions, place: Any) -> Any:
    if not lesion.structures[0, 2]:
        return np.zeros(place.shape, bool)
    chance = geometry.luck_of(lesion.luck, "streaks")[0]
    angle = 2 * np.pi * place / geometry.ANGLES
    return np.cos((12 + int(6 * chance[0])) * angle + 2 * np.pi * chance[1]) > 0.55


def _photograph(image: Picture, nuisance: Nuisances, across: Any, down: Any) -> Picture:
    for angle, offset, bend in nuisance.hairs[0][: nuisance.hair_count[0]]:
        along = across * np.cos(angle) + down * np.sin(angle)
        aside = down * np.cos(angle) - across * np.sin(angle)
        image = np.where(
            (np.abs(aside - offset - bend * along**2) < 0.007)[..., None], 0.4 * image, image
        )
    size = len(image)
    if nuisance.ruler[0]:
        image[:, : size // 16] = 0.96
        image[1 :: size // 16, : size // 16 - 1] = 0.12
    corner = np.clip(np.hypot(across, down) - 0.45, 0, 1)
    image = image * (1 - 0.35 * corner)[..., None] * nuisance.light[0]
    if nuisance.grain[0]:
        stream = np.random.Generator(np.random.SFC64(int(nuisance.grain[0])))
        noise = stream.standard_normal((size, size, 4), dtype=np.float32)
        image = image + float(renderer.NOISE) * (noise[..., :3] + noise[..., 3:])
    return np.clip(image, 0, 1)


def measure_one(image: Picture) -> list[float]:
    """Measure one picture by common recipes: mirror, sectors, colour distances, spots, spectrum."""
    size = len(image)
    edge = np.concatenate([image[:4].reshape(-1, 3), image[-4:].reshape(-1, 3)])
    skin = np.median(edge, axis=0)
    contrast = ndimage.gaussian_filter(np.linalg.norm(image - skin, axis=2), 1.2)
    mask = ndimage.binary_opening(contrast > 0.85 * _otsu(contrast), iterations=2)
    labels, number = ndimage.label(mask)
    if number:
        mask = labels == 1 + np.argmax(ndimage.sum(mask, labels, range(1, number + 1)))
    mask = ndimage.binary_fill_holes(mask)
    if mask.sum() < 60:
        mask = np.hypot(*np.mgrid[-32:32, -32:32]) < 16
    light = image.mean(axis=2)
    return [
        *_mirror(mask),
        *_sectors(image - skin, mask),
        *_colours(image / np.median(skin) * 0.72, mask),
        *_texture(light, mask, size),
    ]


def _otsu(values: Any) -> float:
    counts, edges = np.histogram(values, 64)
    share = np.cumsum(counts / counts.sum())
    mean = np.cumsum(counts / counts.sum() * edges[:-1])
    return float(edges[np.argmax((mean[-1] * share - mean) ** 2 / (share * (1 - share) + 1e-9))])


def _mirror(mask: Any) -> list[float]:
    """Mirror the pixels about 36 axes, and keep the best perpendicular pair."""
    centre = np.array(ndimage.center_of_mass(mask))
    points = np.argwhere(mask) - centre
    misses = []
    for angle in np.arange(36) * np.pi / 36:
        axis = np.array([np.sin(angle), np.cos(angle)])
        mirrored = np.round(2 * (points @ axis)[:, None] * axis - points + centre).astype(int)
        inside = ((mirrored >= 0) & (mirrored < len(mask))).all(axis=1)
        misses.append(1 - mask[tuple(mirrored[inside].T)].sum() / len(points))
    pairs = np.add(misses[:18], misses[18:])
    best = int(pairs.argmin())
    return [*sorted([misses[best], misses[best + 18]]), *np.abs(np.fft.rfft(misses))[:6]]


def _sectors(away: Any, mask: Any) -> list[float]:
    """Steepest edge in each of 24 sectors, as a share of the lesion's contrast."""
    contrast = ndimage.gaussian_filter(np.linalg.norm(away, axis=2), 0.6)
    slope = np.hypot(*np.gradient(contrast))
    rim = ndimage.binary_dilation(mask, iterations=3) & ~ndimage.binary_erosion(mask, iterations=3)
    row, column = ndimage.center_of_mass(mask)
    lines, columns = np.mgrid[: len(mask), : len(mask)]
    angle = np.arctan2(lines - row, columns - column)
    steep = []
    for middle in np.linspace(-np.pi, np.pi, 24, endpoint=False):
        near = rim & (np.abs(np.angle(np.exp(1j * (angle - middle)))) < np.pi / 24)
        steep.append(
            np.quantile(slope[near], 0.85) / (contrast[mask].mean() + 0.05) if near.any() else 0
        )
    return [*np.sort(steep)[::3], float(np.mean(steep)), float(np.std(steep))]


def _colours(neutral: Any, mask: Any) -> list[float]:
    """Share of the lesion near each of the six colours, and the nearest pixels' distance."""
    inside = ndimage.binary_erosion(mask)
    smooth = ndimage.gaussian_filter(neutral, (1.2, 1.2, 0))
    pixels = smooth[inside if inside.sum() > 30 else mask]
    away = np.linalg.norm(pixels[:, None] - renderer.COLOUR_RGB, axis=2)
    return [*(away < 0.16).mean(axis=0), *np.quantile(away, 0.02, axis=0)]


def _texture(light: Any, mask: Any, size: int) -> list[float]:
    """A grid's ring in the spectrum, spots of three sizes, flatness, and waves along the rim."""
    window = ndimage.gaussian_filter(mask.astype(float), 2)
    rest = light - ndimage.gaussian_filter(light, 3)
    power = np.abs(np.fft.fftshift(np.fft.fft2(rest * window))) ** 2
    frequency = np.hypot(*np.meshgrid(*[np.arange(-size // 2, size // 2)] * 2))
    total = power[frequency > 3].sum() + 1e-9
    ring = power[(frequency > 8.5) & (frequency < 14)]
    found = [ring.sum() / total, ring.max() / total, float(np.log(total))]
    for scale in (0.8, 1.4, 2.4):
        spots = ndimage.gaussian_laplace(light, scale) * scale**2
        peaks = (spots == ndimage.maximum_filter(spots, 5)) & mask
        heights = np.sort(spots[peaks])[::-1]
        found += [
            (heights > 0.04).sum(),
            (heights > 0.08).sum(),
            heights[:8].mean() if len(heights) else 0,
        ]
    variance = ndimage.uniform_filter(light**2, 7) - ndimage.uniform_filter(light, 7) ** 2
    texture = np.sqrt(np.maximum(variance, 0))[mask]
    row, column = ndimage.center_of_mass(mask)
    rim = []
    for angle in np.linspace(0, 2 * np.pi, 72, endpoint=False):
        steps = np.arange(0, 30, 0.5)
        at = [row + steps * np.sin(angle), column + steps * np.cos(angle)]
        end = (ndimage.map_coordinates(mask.astype(float), at, order=1) > 0.5).sum()
        along = ndimage.map_coordinates(light, at, order=1)
        rim.append(along[int(0.8 * end) : max(int(0.98 * end), int(0.8 * end) + 1)].mean())
    waves = np.abs(np.fft.rfft(rim))
    return [*found, (texture < 0.025).mean(), np.quantile(texture, 0.1), waves[11:20].max()]


def distribution_one(
    asymmetry: Tensor, border: Tensor, colours: Tensor, structures: Tensor
) -> Tensor:
    """Distribution of ten times the score of lesions (n, 90), one finding after the other."""
    counts = []
    for present in (colours, structures):
        number = torch.ones(len(present), 1)
        for finding in present.split(1, dim=1):
            absent = functional.pad(number * (1 - finding), (0, 1))
            number = absent + functional.pad(number * finding, (1, 0))
        counts.append(number)
    total = functional.pad(torch.ones(len(asymmetry), 1), (0, 89))
    for chances, step in ((asymmetry, 13), (border, 1), (counts[0], 5), (counts[1], 5)):
        added = torch.zeros_like(total)
        for level in range(chances.shape[1]):
            added = (
                added
                + functional.pad(total, (level * step, 0))[:, :90] * chances[:, level : level + 1]
            )
        total = added
    return total
