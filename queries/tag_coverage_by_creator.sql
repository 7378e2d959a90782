-- question:  Of the cost that each creator started, how much do tags tell an owner of?
-- reads:     charges
-- columns:   creator, cost, tagged_cost, derived_cost, untagged_cost, tag_coverage
WITH reasons AS (
    SELECT
        "tag:aws:createdBy" AS creator,
        SUM(cost) AS cost,
        SUM(CASE WHEN owner_reason IN ('tag', 'space-owner') THEN cost END) AS tagged_cost,
        SUM(CASE WHEN owner_reason IN ('resource-arn', 'resource-history', 'efs') THEN cost END)
            AS derived_cost,
        SUM(CASE WHEN owner_reason = 'none' THEN cost END) AS untagged_cost
    FROM charges
    WHERE standing <> 'other_services'
    GROUP BY "tag:aws:createdBy"
)
SELECT
    creator,
    cost,
    tagged_cost,
    derived_cost,
    untagged_cost,
    tagged_cost / NULLIF(cost, 0) AS tag_coverage
FROM reasons
ORDER BY cost DESC, creator
