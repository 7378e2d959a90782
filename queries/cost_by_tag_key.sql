-- question:  How much of the cost carries each SageMaker tag, and the tag `studiouserid`?
-- reads:     charges
-- columns:   tag_key, cost, untagged_cost
WITH tagged AS (
    SELECT 'sagemaker:domain-arn' AS tag_key, "tag:sagemaker:domain-arn" AS tag_value, cost
    FROM charges
    UNION ALL
    SELECT 'sagemaker:user-profile-arn' AS tag_key, "tag:sagemaker:user-profile-arn" AS tag_value, cost
    FROM charges
    UNION ALL
    SELECT 'sagemaker:space-arn' AS tag_key, "tag:sagemaker:space-arn" AS tag_value, cost
    FROM charges
    UNION ALL
    SELECT 'studiouserid' AS tag_key, "tag:studiouserid" AS tag_value, cost
    FROM charges
)
SELECT
    tag_key,
    SUM(CASE WHEN tag_value IS NOT NULL THEN cost END) AS cost,
    SUM(CASE WHEN tag_value IS NULL THEN cost END) AS untagged_cost
FROM tagged
GROUP BY tag_key
ORDER BY cost DESC, tag_key
