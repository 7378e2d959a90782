"""Queries: the question of `spend --by domain,user,space`, as one writes it for other engines.

In:    the name of a query: a metric, a type of money, where the tags are.
Out:   its text.
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


METRICS = {"unblended": unblended, "amortized": amortized}
TAGS = [
    ("domain", "sagemaker:domain-arn", "user_sagemaker_domain_arn"),
    ("profile", "sagemaker:user-profile-arn", "user_sagemaker_user_profile_arn"),
    ("space", "sagemaker:space-arn", "user_sagemaker_space_arn"),
]
# They restate the cost of lines of EC2.
SPLIT_COST = ["EKSPod-EC2", "ECSTask-EC2"]

# How a tag is said: in either of two maps, in one that will do, in a column of its own.
HOMES = {
    "two maps": "coalesce(nullif(tags['resourceTags/{raw}'], ''), nullif(resource_tags['{name}'], ''))",
    "one map": "resource_tags['{name}']",
    "flat": "nullif(resource_tags_{name}, '')",
}

# DuckDB takes the list of files as its only parameter.
DUCKDB = "read_parquet(?, union_by_name = true)"
NAMED = "cur"


def sql(query: str, table: str, source: str = "") -> str:
    """Who spent what, by the three tags of Studio alone: no ARN is looked into."""
    metric, money = query.split(" ", 1)
    money, home = money.split(", ")
    tag = HOMES[home]
    as_type = {"double": "DOUBLE", "decimal": "DECIMAL(38,12)"}[money]
    columns = [f"{tag.format(raw=raw, name=name)} AS {alias}" for alias, raw, name in TAGS]
    split_cost = ", ".join(f"'{operation}'" for operation in SPLIT_COST)
    return f"""
        SELECT {", ".join(columns)}, sum({METRICS[metric](as_type)}) AS cost
        FROM {source or table}
        WHERE coalesce(line_item_operation, '') NOT IN ({split_cost})
        GROUP BY 1, 2, 3"""
