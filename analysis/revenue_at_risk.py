"""How much revenue the customers that answered may take away, before and after items move.

What a newcomer gets wrong: three contacts of one customer are not three times its revenue. An account counts
once: its contacts share its revenue equally, and its risk is the mean of theirs.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from analysis.estimate import LinearEstimates, estimates
from analysis.predicted_change import Fitted, Side, predicted_change, predicted_total
from analysis.results import Estimate
from analysis.sample import Booleans, Floats, Integers
from analysis.whatif_results import RevenueAtRisk


@dataclass(frozen=True, slots=True, eq=False)
class Money:
    """Revenue of the accounts of one wave.

    Attributes
    ----------
    outcome : id of the loss, or of the renewal (``turned``: a customer who does not renew is lost).
    amounts : (r,) of the people with a prediction, their part of their account's revenue; 0 without any.
    accounts, without_revenue, without_prediction, already_lost : counts of accounts.
    """

    outcome: str
    turned: bool
    amounts: Floats
    accounts: int
    without_revenue: int
    without_prediction: int
    already_lost: int = 0


def money_of(
    outcome: str,
    revenue: Floats,
    account: Integers,
    wave: Booleans,
    predicted: Integers,
    *,
    turned: bool,
    lost: Booleans | None = None,
) -> Money | None:
    """Give every predicted person their part of the account's revenue; ``None`` where no revenue is left.

    Parameters
    ----------
    revenue : (N,) as each row has it, nan where unknown. Rows of an account that differ count as their mean.
    account : (N,) numbers of accounts.
    wave : (N,) whose accounts.
    predicted : (r,) rows with a prediction.
    lost : (N,) rows whose account is known to have gone in the wave: nothing of it is at risk any more.
    """
    size = int(account.max()) + 1
    known = wave & np.isfinite(revenue)
    rows = np.bincount(account[known], minlength=size)
    sums = np.bincount(account[known], revenue[known], minlength=size)
    value = np.divide(sums, rows, where=rows > 0, out=np.full(size, np.nan))
    contacts = np.bincount(account[predicted], minlength=size)
    here = np.bincount(account[wave], minlength=size) > 0
    gone = np.zeros(size, dtype=bool)
    if lost is not None:
        gone[account[wave & lost]] = True
    value[gone] = np.nan
    valued = np.isfinite(value)
    amounts = np.nan_to_num(value / np.maximum(contacts, 1))[account[predicted]]
    if not amounts.sum() > 0:
        return None
    return Money(
        outcome=outcome,
        turned=turned,
        amounts=np.asarray(amounts),
        accounts=int((here & valued & (contacts > 0)).sum()),
        without_revenue=int((here & ~valued & ~gone).sum()),
        without_prediction=int((here & valued & (contacts == 0)).sum()),
        already_lost=int(gone.sum()),
    )


def revenue_at_risk(money: Money, fitted: Fitted, after: Side, level: float) -> RevenueAtRisk:
    """Revenue times probability of loss before and after; ``after`` is what is predicted afterwards.

    The share is that of all revenue, every account at the mean weight of its contacts; its error counts the
    sample as well. The amount is that of these accounts alone, nothing extrapolated; its error is that of
    the model.
    """
    weights = fitted.coefficients.design.weights[fitted.rows] * money.amounts
    shares, amounts = predicted_change(fitted, after, weights), predicted_total(fitted, after, money.amounts)
    if money.turned:
        shares, amounts = _of_loss(shares, 1.0), _of_loss(amounts, float(money.amounts.sum()))
    share, amount = _all(shares, level), _all(amounts, level)
    return RevenueAtRisk(
        outcome=money.outcome,
        total=float(money.amounts.sum()),
        at_risk=amount[0],
        at_risk_then=amount[1],
        amount_change=amount[2],
        share=share[0],
        share_then=share[1],
        change=share[2],
        accounts=money.accounts,
        without_revenue=money.without_revenue,
        without_prediction=money.without_prediction,
        already_lost=money.already_lost,
    )


def _of_loss(renewed: LinearEstimates, whole: float) -> LinearEstimates:
    """What is lost of the ``whole`` where something is known of what stays: before, after and the change."""
    return replace(renewed, values=np.array([whole, whole, 0.0]) - renewed.values, totals=-renewed.totals)


def _all(found: LinearEstimates, level: float) -> list[Estimate]:
    known = [estimate for estimate in estimates(found, level) if isinstance(estimate, Estimate)]
    if len(known) != len(found):
        raise ValueError("Revenue at risk needs people with a prediction.")
    return known
