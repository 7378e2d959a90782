-- question:  What did each account cost in development, test and production?
-- reads:     charges
-- conserves: cost
-- adds up:   line_items
-- columns:   usage_account_id, environment, cost, line_items
-- chart:     bar
--
-- The environment is what the tag `environment` says, else `env`. An environment that is told by
-- the account alone is a virtual tag of the rule file.
SELECT
    usage_account_id,
    COALESCE("tag:environment", "tag:env") AS environment,
    SUM(cost) AS cost,
    SUM(line_items) AS line_items
FROM charges
GROUP BY usage_account_id, COALESCE("tag:environment", "tag:env")
ORDER BY cost DESC, usage_account_id, environment
