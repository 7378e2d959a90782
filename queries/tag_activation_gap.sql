-- question:  Since when do tags tell owners in each account, and what was spent before?
-- reads:     charges
-- columns:   usage_account_id, first_usage, first_tag, untagged_before_cost
WITH first_days AS (
    SELECT
        usage_account_id,
        MIN(usage_date) AS first_usage,
        MIN(CASE WHEN owner_reason = 'tag' THEN usage_date END) AS first_tag
    FROM charges
    WHERE standing <> 'other_services'
    GROUP BY usage_account_id
)
SELECT
    first_days.usage_account_id,
    first_days.first_usage,
    first_days.first_tag,
    SUM(CASE
        WHEN charges.owner_reason <> 'tag'
            AND (first_days.first_tag IS NULL OR charges.usage_date < first_days.first_tag)
            THEN charges.cost
    END) AS untagged_before_cost
FROM first_days
INNER JOIN charges ON first_days.usage_account_id = charges.usage_account_id
WHERE charges.standing <> 'other_services'
GROUP BY first_days.usage_account_id, first_days.first_usage, first_days.first_tag
ORDER BY untagged_before_cost DESC, first_days.usage_account_id
