"""Queries: the question of `spend --by domain,user,space`, as one writes it for DuckDB.

In:    nothing; texts.
Out:   `QUERIES` by name; each takes the list of files as its only parameter.
Never: tuned against anybody: plain SQL over the export as AWS lays it out.
"""

PLAN_REFUND = "Refund for one-time fee for Savings Plan ID%"


def amount(column: str, as_type: str) -> str:
    """A cost column; exact money needs a cast before it is added."""
    value = column if as_type == "DOUBLE" else f"CAST({column} AS {as_type})"
    return f"coalesce({value}, 0)"


def unblended(as_type: str) -> str:
    """What the invoice adds up."""
    return amount("line_item_unblended_cost", as_type)


def amortized(as_type: str) -> str:
    """Commitments spread over the usage that they covered, by the rules that curtail has."""
    plain = unblended(as_type)
    cost = lambda column: amount(column, as_type)
    return f"""CASE line_item_line_item_type
        WHEN 'DiscountedUsage' THEN {cost("reservation_effective_cost")}
        WHEN 'RIFee' THEN
            {cost("reservation_unused_amortized_upfront_fee_for_billing_period")}
            + {cost("reservation_unused_recurring_fee")}
        WHEN 'SavingsPlanCoveredUsage' THEN {cost("savings_plan_savings_plan_effective_cost")}
        WHEN 'SavingsPlanNegation' THEN 0
        WHEN 'SavingsPlanUpfrontFee' THEN 0
        WHEN 'SavingsPlanRecurringFee' THEN
            {cost("savings_plan_total_commitment_to_date")} - {cost("savings_plan_used_commitment")}
        WHEN 'Fee' THEN
            CASE WHEN coalesce(reservation_reservation_a_r_n, '') = '' THEN {plain} ELSE 0 END
        WHEN 'Refund' THEN
            CASE WHEN line_item_line_item_description LIKE '{PLAN_REFUND}' THEN 0 ELSE {plain} END
        ELSE {plain} END"""


BOTH_MAPS = "coalesce(nullif(tags['resourceTags/{raw}'], ''), nullif(resource_tags['{name}'], ''))"
ONE_MAP = "resource_tags['{name}']"


def by_owner(cost: str, tag: str) -> str:
    """Who spent what, by the three tags of Studio alone: no ARN is looked into."""
    column = lambda raw, name: tag.format(raw=raw, name=name)
    return f"""
        SELECT {column("sagemaker:domain-arn", "user_sagemaker_domain_arn")} AS domain,
               {column("sagemaker:user-profile-arn", "user_sagemaker_user_profile_arn")} AS profile,
               {column("sagemaker:space-arn", "user_sagemaker_space_arn")} AS space,
               sum({cost}) AS cost
        FROM read_parquet(?, union_by_name = true)
        WHERE coalesce(line_item_operation, '') NOT IN ('EKSPod-EC2', 'ECSTask-EC2')
        GROUP BY ALL"""


QUERIES = {
    f"{metric} {name}": by_owner(cost(as_type), tag)
    for metric, cost in (("unblended", unblended), ("amortized", amortized))
    for name, as_type, tag in (
        ("double", "DOUBLE", BOTH_MAPS),
        ("decimal", "DECIMAL(38,12)", BOTH_MAPS),
        ("double, one map", "DOUBLE", ONE_MAP),
    )
}
