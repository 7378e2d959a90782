"""Costs: doubles to integers, and the six costs of a line item.

In:    the numbers and the texts of one line item.
Out:   the metrics in pico-units (10^-12) of the line's currency.
Never: adds two floats.
"""

from decimal import ROUND_HALF_UP, Context, Decimal
from functools import lru_cache

METRICS = ["unblended", "amortized", "net_unblended", "net_amortized", "list", "blended"]

UNBLENDED = "line_item_unblended_cost"
NET_UNBLENDED = "line_item_net_unblended_cost"
LIST = "pricing_public_on_demand_cost"
BLENDED = "line_item_blended_cost"
COVERED_BY_RESERVATION = "reservation_effective_cost"
UNUSED_UPFRONT = "reservation_unused_amortized_upfront_fee_for_billing_period"
UNUSED_RECURRING = "reservation_unused_recurring_fee"
COVERED_BY_PLAN = "savings_plan_savings_plan_effective_cost"
COMMITTED = "savings_plan_total_commitment_to_date"
USED = "savings_plan_used_commitment"
PLAN_RECURRING = "savings_plan_recurring_commitment_for_billing_period"
PLAN_UPFRONT = "savings_plan_amortized_upfront_commitment_for_billing_period"
NET = {
    UNBLENDED: NET_UNBLENDED,
    COVERED_BY_RESERVATION: "reservation_net_effective_cost",
    UNUSED_UPFRONT: "reservation_net_unused_amortized_upfront_fee_for_billing_period",
    UNUSED_RECURRING: "reservation_net_unused_recurring_fee",
    COVERED_BY_PLAN: "savings_plan_net_savings_plan_effective_cost",
    PLAN_RECURRING: "savings_plan_net_recurring_commitment_for_billing_period",
    PLAN_UPFRONT: "savings_plan_net_amortized_upfront_commitment_for_billing_period",
}
COLUMNS = sorted({*NET, *NET.values(), LIST, BLENDED, COMMITTED, USED})

PLAN_REFUND = "Refund for one-time fee for Savings Plan ID"
PICO = Decimal("1e-12")
WIDE = Context(prec=60)


@lru_cache(maxsize=1_000_000)
def pico(number: float) -> int:
    """The shortest decimal text of a double, rounded half away from zero to 12 places."""
    exact = Decimal(repr(number) if isinstance(number, float) else str(number))
    if not exact.is_finite():
        raise SystemExit(f"{number} is not an amount of money")
    return int(exact.quantize(PICO, ROUND_HALF_UP, WIDE).scaleb(12, WIDE))


def pico_of_text(text: str) -> int:
    """Decimal text as pico-units; it has no more than 12 places."""
    return int(Decimal(text).scaleb(12, WIDE))


def divide(numerator: int, denominator: int) -> int:
    """The quotient rounded half away from zero."""
    sign = 1 if (numerator < 0) == (denominator < 0) else -1
    numerator, denominator = abs(numerator), abs(denominator)
    return sign * ((2 * numerator + denominator) // (2 * denominator))


def decimal_text(amount: int) -> str:
    """Pico-units as exact decimal text without trailing zeros."""
    digits = f"{abs(amount):013d}"
    fraction = digits[-12:].rstrip("0")
    sign = "-" if amount < 0 else ""
    return sign + digits[:-12] + ("." + fraction if fraction else "")


def metrics(text: dict, amounts: dict) -> dict:
    """The six costs of one line item; a number that is missing is nothing."""

    def gross(column: str) -> int:
        return amounts.get(column, 0)

    def net(column: str) -> int:
        return amounts.get(NET[column], gross(column))

    line_type = text["line_item_line_item_type"]
    refunds_plan = (text["line_item_line_item_description"] or "").startswith(PLAN_REFUND)
    amortized = {}
    for name, cost in (("amortized", gross), ("net_amortized", net)):
        if line_type == "DiscountedUsage":
            amortized[name] = cost(COVERED_BY_RESERVATION)
        elif line_type == "RIFee":
            amortized[name] = cost(UNUSED_UPFRONT) + cost(UNUSED_RECURRING)
        elif line_type == "Fee" and text["reservation_reservation_a_r_n"]:
            amortized[name] = 0
        elif line_type == "SavingsPlanCoveredUsage":
            amortized[name] = cost(COVERED_BY_PLAN)
        elif line_type in ("SavingsPlanNegation", "SavingsPlanUpfrontFee"):
            amortized[name] = 0
        elif line_type == "SavingsPlanRecurringFee":
            # AWS has no net columns for these two; the discount on the plan's fees stands in,
            # where both of its net columns are filled.
            unused = gross(COMMITTED) - gross(USED)
            base = gross(PLAN_RECURRING) + gross(PLAN_UPFRONT)
            known = base and NET[PLAN_RECURRING] in amounts and NET[PLAN_UPFRONT] in amounts
            share = cost(PLAN_RECURRING) + cost(PLAN_UPFRONT)
            amortized[name] = divide(unused * share, base) if known else unused
        elif line_type == "Refund" and refunds_plan:
            amortized[name] = 0
        else:
            amortized[name] = cost(UNBLENDED)
    return {
        "unblended": gross(UNBLENDED),
        "net_unblended": net(UNBLENDED),
        "list": 0 if line_type == "SavingsPlanNegation" else gross(LIST),
        "blended": gross(BLENDED),
        **amortized,
    }
