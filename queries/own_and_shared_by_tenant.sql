-- question:  What does each tenant answer for: its own cost, and its part of what is shared?
-- reads:     charges
-- conserves: cost
-- adds up:   own_cost, shared_cost
-- columns:   tenant, cost, own_cost, shared_cost
-- chart:     bar
WITH by_standing AS (
    SELECT
        tenant,
        cost,
        CASE WHEN standing = 'shared' THEN cost - cost ELSE cost END AS own_cost,
        CASE WHEN standing = 'shared' THEN cost ELSE cost - cost END AS shared_cost
    FROM charges
)
SELECT
    tenant,
    SUM(cost) AS cost,
    SUM(own_cost) AS own_cost,
    SUM(shared_cost) AS shared_cost
FROM by_standing
GROUP BY tenant
ORDER BY cost DESC, tenant
