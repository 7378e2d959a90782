-- question:  How much of each domain's cost do tags tell an owner of?
-- reads:     charges
-- columns:   domain_arn, cost, tagged_cost, derived_cost, untagged_cost, tag_coverage
WITH reasons AS (
    SELECT
        domain_arn,
        SUM(cost) AS cost,
        SUM(CASE WHEN owner_reason IN ('tag', 'space-owner') THEN cost END) AS tagged_cost,
        SUM(CASE WHEN owner_reason IN ('resource-arn', 'resource-history', 'efs') THEN cost END)
            AS derived_cost,
        SUM(CASE WHEN owner_reason = 'none' THEN cost END) AS untagged_cost
    FROM charges
    WHERE standing <> 'other_services'
    GROUP BY domain_arn
)
SELECT
    domain_arn,
    cost,
    tagged_cost,
    derived_cost,
    untagged_cost,
    tagged_cost / NULLIF(cost, 0) AS tag_coverage
FROM reasons
ORDER BY cost DESC, domain_arn
