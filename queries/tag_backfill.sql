-- question:  What could AWS still tell owners of by filling tags in for the last 12 months?
-- reads:     charges
-- columns:   billing_period, cost, untagged_cost, recoverable_cost, tag_coverage, coverage_after
--
-- A backfill reaches back 12 months from the latest month and finds the tags that resources have
-- today: what is recoverable is at most what has no tag and is a resource of SageMaker.
WITH last AS (
    SELECT MAX(billing_period) AS latest
    FROM charges
),

months AS (
    SELECT
        billing_period,
        SUM(cost) AS cost,
        SUM(CASE WHEN owner_reason IN ('tag', 'space-owner') THEN cost END) AS tagged_cost,
        SUM(CASE WHEN owner_reason NOT IN ('tag', 'space-owner') THEN cost END) AS untagged_cost,
        SUM(CASE
            WHEN owner_reason IN ('resource-arn', 'resource-history', 'none')
                AND line_item_type
                IN ('Usage', 'DiscountedUsage', 'SavingsPlanCoveredUsage')
                THEN cost
        END) AS reachable_cost
    FROM charges
    WHERE standing <> 'other_services'
    GROUP BY billing_period
),

-- Years and months as one number, because a month is text.
numbered AS (
    SELECT
        months.billing_period,
        months.cost,
        months.tagged_cost,
        months.untagged_cost,
        months.reachable_cost,
        CAST(SUBSTR(last.latest, 1, 4) AS INT) * 12 + CAST(SUBSTR(last.latest, 6, 2) AS INT)
        - CAST(SUBSTR(months.billing_period, 1, 4) AS INT) * 12
        - CAST(SUBSTR(months.billing_period, 6, 2) AS INT) AS age
    FROM months
    CROSS JOIN last
)

SELECT
    billing_period,
    cost,
    untagged_cost,
    CASE WHEN age <= 12 THEN reachable_cost END AS recoverable_cost,
    tagged_cost / NULLIF(cost, 0) AS tag_coverage,
    (tagged_cost + CASE WHEN age <= 12 THEN COALESCE(reachable_cost, cost - cost) ELSE cost - cost END)
    / NULLIF(cost, 0) AS coverage_after
FROM numbered
ORDER BY billing_period
