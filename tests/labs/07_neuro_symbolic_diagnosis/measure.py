"""Right and wrong answers of the task `measure`."""

from __future__ import annotations

import numpy as np
import torch
from scipy import ndimage
from sklearn.ensemble import RandomForestRegressor

from labkit.trends.neuro_symbolic_diagnosis import measurements
from labkit.trends.neuro_symbolic_diagnosis.world import renderer


def _neutral(image, skin):
    return image / skin * np.array([0.88, 0.70, 0.60])


def _colours_by_share(images, least=0.02, near=0.2, neutral=True):
    found = measurements.segment(images)
    counts = []
    for image, mask, skin in zip(images, found.mask, found.skin, strict=True):
        seen = _neutral(image, skin) if neutral else image
        smooth = ndimage.gaussian_filter(seen, (0.7, 0.7, 0))[mask]
        distance = np.linalg.norm(smooth[:, None] - renderer.COLOUR_RGB, axis=2)
        shares = (distance < near).mean(axis=0)
        counts.append((shares > least).sum() + shares.clip(0, 0.05).sum())
    return np.array(counts)


def _smooth(mask):
    """Without streaks; a lesion that would vanish stays as it is."""
    opened = ndimage.binary_opening(mask, iterations=3)
    return opened if opened.sum() > 20 else mask


def _asymmetry_by_images(images):
    """Turn the mask as a picture, mirror it left to right, and count where it differs."""
    found = measurements.segment(images)
    result = []
    for mask in found.mask:
        smooth = _smooth(mask)
        middle = (np.array(mask.shape) - 1) / 2
        centred = ndimage.shift(
            smooth.astype(float), middle - ndimage.center_of_mass(smooth), order=1
        )
        errors = []
        for angle in range(0, 180, 12):
            turned = ndimage.rotate(centred, angle, reshape=False, order=1)
            errors.append(np.abs(turned - turned[:, ::-1]).sum() / smooth.sum())
        errors = np.array(errors)
        result.append(np.min(errors + np.roll(errors, len(errors) // 2)))
    return np.array(result)


def _asymmetry_by_outline(images):
    """The outline in polar form: compare the radius left and right of every axis."""
    smooth = np.array([_smooth(mask) for mask in measurements.segment(images).mask])
    radius = measurements.outline(smooth)
    radius = radius / radius.mean(axis=1, keepdims=True)
    steps = radius.shape[1]
    places = np.arange(steps)
    errors = np.array(
        [np.abs(radius - radius[:, (2 * axis - places) % steps]).mean(1) for axis in places]
    )
    return (errors + np.roll(errors, steps // 4, axis=0)).min(axis=0)


def _unmirrored(images):
    """The lesion against its mirror image, left to right, wherever its centre and axis lie."""
    mask = measurements.segment(images).mask
    return np.array([1 - (one & one[:, ::-1]).sum() / max(one.sum(), 1) for one in mask])


def _elongation(images):
    result = []
    for mask in measurements.segment(images).mask:
        spread = np.linalg.eigvalsh(np.cov(np.argwhere(mask).T))
        result.append(spread[1] / spread[0])
    return result


def _colour_spread(images):
    mask = measurements.segment(images).mask
    return [image[one].std(axis=0).sum() for image, one in zip(images, mask, strict=True)]


def _colours_by_nearest(images, least, neutral=True, skin_too=False):
    """Every pixel goes to the nearest colour, however far; skin may be one of them."""
    found = measurements.segment(images)
    palette = np.vstack([renderer.COLOUR_RGB, [[0.88, 0.70, 0.60]]][: 1 + skin_too])
    counts = []
    for image, mask, skin in zip(images, found.mask, found.skin, strict=True):
        pixels = (_neutral(image, skin) if neutral else image)[mask]
        nearest = np.linalg.norm(pixels[:, None] - palette, axis=2).argmin(axis=1)
        shares = np.bincount(nearest, minlength=len(palette)) / len(pixels)
        counts.append((shares[:6] > least).sum())
    return np.array(counts)


def _colours_of_the_picture(images):
    distance = np.linalg.norm(images[:, :, :, None] - renderer.COLOUR_RGB, axis=4)
    return [len(np.unique(one)) for one in distance.argmin(axis=3)]


def _half_a_turn(images):
    """The outline against itself after half a turn."""
    radius = _smooth_radius(images)
    return np.abs(radius - np.roll(radius, radius.shape[1] // 2, axis=1)).mean(axis=1)


def _spread_of_the_radius(images):
    return _smooth_radius(images).std(axis=1)


def _best_single_axis(images):
    """The perpendicular one is forgotten."""
    radius = _smooth_radius(images)
    places = np.arange(radius.shape[1])
    errors = [np.abs(radius - radius[:, (axis - places) % len(places)]).mean(1) for axis in places]
    return np.min(errors, axis=0)


def _edge_and_area(images):
    """How long the outline is for its area, as a circle has it least."""
    radius = _smooth_radius(images)
    angle = 2 * np.pi * np.arange(radius.shape[1]) / radius.shape[1]
    place = radius * np.exp(1j * angle)
    edge = np.abs(place - np.roll(place, 1, axis=1)).sum(axis=1)
    return edge**2 / (radius**2).sum(axis=1)


def _sizes_of_waves(images):
    """How much of the waves that an ellipse lacks, wherever they lie, weights from home."""
    radius = measurements.outline(measurements.segment(images).mask)
    shares = np.abs(np.fft.rfft(radius / radius.mean(axis=1, keepdims=True), axis=1)) / 36
    return shares[:, 3] + 0.5 * shares[:, 1] + 0.5 * shares[:, 5] + 1.8 * shares[:, 4]


class _LearnedSizesOfWaves:
    """A forest from the sizes of the waves to the asymmetry, learned on lesions drawn at home."""

    def __init__(self):
        self._forest = None

    def __call__(self, images):
        if self._forest is None:
            home = renderer.draw_cases(600, 11, unusual=True)
            forest = RandomForestRegressor(60, min_samples_leaf=10, random_state=0)
            self._forest = forest.fit(self._sizes(home.images), home.lesions.asymmetry)
        return self._forest.predict(self._sizes(images))

    @staticmethod
    def _sizes(images):
        radius = measurements.outline(measurements.segment(images).mask)
        waves = np.fft.rfft(radius / radius.mean(axis=1, keepdims=True), axis=1)
        return np.abs(waves[:, 1:9])


_learned_sizes_of_waves = _LearnedSizesOfWaves()


def _smooth_radius(images):
    radius = measurements.outline(np.array([_smooth(m) for m in measurements.segment(images).mask]))
    radius = measurements.smooth_outline(radius)
    return radius / radius.mean(axis=1, keepdims=True)


def _asymmetry_by_principal_axes(images):
    """Mirrored at the two axes of the mask's second moments."""
    result = []
    for mask in measurements.segment(images).mask:
        smooth = _smooth(mask)
        points = np.argwhere(smooth).astype(float)
        centre = points.mean(axis=0)
        points -= centre
        outside = 0.0
        for axis in np.linalg.eigh(np.cov(points.T))[1].T:
            mirrored = 2 * (points @ axis)[:, None] * axis - points + centre
            row, column = np.clip(np.rint(mirrored).astype(int), 0, len(mask) - 1).T
            outside += 1 - smooth[row, column].mean()
        result.append(outside)
    return torch.tensor(result)


RIGHT = {
    "principal axes, as a tensor": lambda images: (
        _asymmetry_by_principal_axes(images),
        _colours_by_share(images),
    ),
    "masks turned as pictures": lambda images: (
        _asymmetry_by_images(images),
        _colours_by_share(images),
    ),
    "the outline's radius, as an array": lambda images: np.stack(
        [_asymmetry_by_outline(images), _colours_by_share(images, 0.015, 0.22)]
    ),
    "nearest colours, skin among them": lambda images: [
        _asymmetry_by_outline(images).tolist(),
        _colours_by_nearest(images, 0.03, skin_too=True).tolist(),
    ],
}

WRONG = {
    "half a turn": (
        lambda images: (_half_a_turn(images), _colours_by_share(images)),
        "rank correlation of your asymmetry",
        0.5,
    ),
    "the spread of the radius": (
        lambda images: (_spread_of_the_radius(images), _colours_by_share(images)),
        "rank correlation of your asymmetry",
        0.5,
    ),
    "the best single axis": (
        lambda images: (_best_single_axis(images), _colours_by_share(images)),
        "rank correlation of your asymmetry",
        0.5,
    ),
    "the length of the edge": (
        lambda images: (_edge_and_area(images), _colours_by_share(images)),
        "rank correlation of your asymmetry",
        0.5,
    ),
    "the sizes of the waves": (
        lambda images: (_sizes_of_waves(images), _colours_by_share(images)),
        "rank correlation of your asymmetry",
        0.5,
    ),
    "the sizes of the waves, learned at home": (
        lambda images: (_learned_sizes_of_waves(images), _colours_by_share(images)),
        "rank correlation of your asymmetry",
        0.5,
    ),
    "left against right of the picture": (
        lambda images: (_unmirrored(images), _colours_by_share(images)),
        "rank correlation of your asymmetry",
        0.5,
    ),
    "how long the lesion is": (
        lambda images: (_elongation(images), _colours_by_share(images)),
        "rank correlation of your asymmetry",
        0.5,
    ),
    "how much the colour varies": (
        lambda images: (_asymmetry_by_outline(images), _colour_spread(images)),
        "rank correlation of your colour count",
        0.5,
    ),
    "nearest colours, the light as it is": (
        lambda images: (
            _asymmetry_by_outline(images),
            _colours_by_nearest(images, 0.01, neutral=False),
        ),
        "how dim the image is",
        0.5,
    ),
    "colours near in space, the light as it is": (
        lambda images: (
            _asymmetry_by_outline(images),
            _colours_by_share(images, neutral=False),
        ),
        "how dim the image is",
        0.5,
    ),
    "any single pixel counts": (
        lambda images: (_asymmetry_by_outline(images), _colours_by_nearest(images, 0)),
        "smallest area",
        0.5,
    ),
    "only large areas count": (
        lambda images: (_asymmetry_by_outline(images), _colours_by_nearest(images, 0.06)),
        "smallest area",
        0.5,
    ),
    "colours of the skin, too, and no light": (
        lambda images: (_asymmetry_by_outline(images), _colours_of_the_picture(images)),
        "rank correlation of your colour count",
        0.5,
    ),
    "swapped": (
        lambda images: (_colours_by_share(images), _asymmetry_by_outline(images)),
        "swapped",
    ),
    "the sign is turned": (
        lambda images: (-_asymmetry_by_outline(images), -_colours_by_share(images)),
        "order is turned",
    ),
    "constants": (lambda images: (np.ones(len(images)),) * 2, "same for every image"),
    "one score": (_asymmetry_by_outline, "tuple of 2"),
    "the outline": (
        lambda images: (
            measurements.outline(measurements.segment(images).mask),
            _colours_by_share(images),
        ),
        "should have shape",
    ),
}

HARMLESS = {
    "constant: mirrored = [points - 2 * (away @ axis)[:, None… -> mirrored = [points - 3 * (away @ "
    "axis)[:, None…": "a mirror image drawn out to twice its distance fits symmetric lesions "
    "better too, and ranks are all that is asked",
    "constant: …type(float), m.T, order=0).mean() for m in mirror… -> *": "between its pixels the "
    "mask is as good as at the nearest one",
    "function: … > 0.02 * len(colours)).sum()) -> *": "the share of colours ranks as their number",
    "comparison: …r_count.append((counts > 0.02 * len(colours)).sum()) -> *": "no area is exactly "
    "so large",
    "constant: …unt.append((counts > 0.02 * len(colours)).sum()) -> *": "three hundredths lie "
    "between noise and the smallest area of a colour, too",
}
