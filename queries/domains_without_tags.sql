-- question:  Which domains does no tag ever name, so that only resource names tell of them?
-- reads:     charges
-- columns:   domain_arn, cost, first_usage, last_usage, line_items
WITH reasons AS (
    SELECT
        domain_arn,
        SUM(cost) AS cost,
        SUM(CASE WHEN owner_reason IN ('tag', 'space-owner') THEN 1 ELSE 0 END) AS tags,
        MIN(usage_date) AS first_usage,
        MAX(usage_date) AS last_usage,
        SUM(line_items) AS line_items
    FROM charges
    WHERE domain_arn IS NOT NULL
    GROUP BY domain_arn
)
SELECT
    domain_arn,
    cost,
    first_usage,
    last_usage,
    line_items
FROM reasons
WHERE tags = 0
ORDER BY cost DESC, domain_arn
