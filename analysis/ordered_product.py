r"""Does a product of satisfaction and a moderator hold where the outcome is an order instead of a number?

Answers that cannot rise any more flatten a straight line by themselves, and a product seems to say for whom.
A proportional-odds logit knows of no end of the scale, so what it shows as well is not made by the scale.

What a newcomer gets wrong: the slope of the product is one of log odds. It tells direction and doubt, and is
no number of points; and a product in log odds is no product in shares.

References
----------
Ai, C. & Norton, E. (2003). Economics Letters 80. Liddell, T. & Kruschke, J. (2018). J. Exp. Soc. Psych. 79.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from analysis.coefficients import Coefficient
from analysis.cumulative_logit import LevelData, maximum
from analysis.design import Design
from analysis.moderation_results import OrderedProduct
from analysis.ordered_logit import MOST_LEVELS, fitted_levels
from analysis.parallel_slopes import EVENTS
from analysis.sample import Booleans, Floats
from analysis.separation import separating


def ordered_product(
    design: Design, y: Floats, x: Floats, names: Sequence[str], rows: Booleans, level: float
) -> OrderedProduct | None:
    """Fit a proportional-odds logit of y (n,) on x (n, k), the product last, in ``rows`` (n,) of no blanks.

    ``None`` where the outcome has more than 21 values, counts as fewer than 10 people a column
    (n − Σn_k³/n², Harrell), or where columns tell its values apart without error.
    """
    inside = np.flatnonzero(rows)
    values, codes = np.unique(y[inside], return_inverse=True)
    sizes = np.bincount(codes).astype(np.float64)
    effective = len(inside) - float((sizes**3).sum()) / len(inside) ** 2
    if len(values) > MOST_LEVELS or effective < EVENTS * x.shape[1]:
        return None
    data = LevelData.of(x[inside], codes.astype(np.int64), design.weights[inside])
    fit = maximum(data)
    if separating(data, fit, names):
        return None
    found = fitted_levels(design, inside, data, fit.values[0], names, values, level)
    product, p = names[-1], found.p[names[-1]]
    return OrderedProduct(
        len(values), Coefficient(product, found.coefficients[product], p if np.isfinite(p) else None)
    )
