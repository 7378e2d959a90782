-- question:  How much of the cost of each account do tags tell an owner of?
-- reads:     charges
-- columns:   usage_account_id, cost, tagged_cost, derived_cost, untagged_cost, tag_coverage
WITH reasons AS (
    SELECT
        usage_account_id,
        SUM(cost) AS cost,
        SUM(CASE WHEN owner_reason IN ('tag', 'space-owner') THEN cost END) AS tagged_cost,
        SUM(CASE WHEN owner_reason IN ('resource-arn', 'resource-history', 'efs') THEN cost END)
            AS derived_cost,
        SUM(CASE WHEN owner_reason = 'none' THEN cost END) AS untagged_cost
    FROM charges
    WHERE standing <> 'other_services'
    GROUP BY usage_account_id
)
SELECT
    usage_account_id,
    cost,
    tagged_cost,
    derived_cost,
    untagged_cost,
    tagged_cost / NULLIF(cost, 0) AS tag_coverage
FROM reasons
ORDER BY cost DESC, usage_account_id
