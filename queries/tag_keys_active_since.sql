-- question:  Since when has each tag of SageMaker been active, and how long after the first usage?
-- reads:     charges
-- columns:   tag_key, first_usage, first_tag, last_tag, tagged_cost, before_cost
--
-- AWS shows a tag on the bill from the day on which it was activated.
WITH days AS (
    SELECT
        usage_date,
        SUM(cost) AS cost,
        SUM(CASE WHEN "tag:sagemaker:domain-arn" IS NOT NULL THEN cost END) AS domain_cost,
        SUM(CASE WHEN "tag:sagemaker:domain-arn" IS NOT NULL THEN 1 ELSE 0 END) AS domain_tags,
        SUM(CASE WHEN "tag:sagemaker:user-profile-arn" IS NOT NULL THEN cost END) AS user_cost,
        SUM(CASE WHEN "tag:sagemaker:user-profile-arn" IS NOT NULL THEN 1 ELSE 0 END) AS user_tags,
        SUM(CASE WHEN "tag:sagemaker:space-arn" IS NOT NULL THEN cost END) AS space_cost,
        SUM(CASE WHEN "tag:sagemaker:space-arn" IS NOT NULL THEN 1 ELSE 0 END) AS space_tags,
        SUM(CASE WHEN "tag:sagemaker:shared-space-arn" IS NOT NULL THEN cost END) AS shared_space_cost,
        SUM(CASE WHEN "tag:sagemaker:shared-space-arn" IS NOT NULL THEN 1 ELSE 0 END) AS shared_space_tags
    FROM charges
    WHERE standing <> 'other_services' AND owner_reason IS NOT NULL
    GROUP BY usage_date
),

tags AS (
    SELECT
        'sagemaker:domain-arn' AS tag_key,
        MIN(CASE WHEN domain_tags > 0 THEN usage_date END) AS first_tag,
        MAX(CASE WHEN domain_tags > 0 THEN usage_date END) AS last_tag,
        SUM(domain_cost) AS tagged_cost
    FROM days
    UNION ALL
    SELECT
        'sagemaker:user-profile-arn' AS tag_key,
        MIN(CASE WHEN user_tags > 0 THEN usage_date END) AS first_tag,
        MAX(CASE WHEN user_tags > 0 THEN usage_date END) AS last_tag,
        SUM(user_cost) AS tagged_cost
    FROM days
    UNION ALL
    SELECT
        'sagemaker:space-arn' AS tag_key,
        MIN(CASE WHEN space_tags > 0 THEN usage_date END) AS first_tag,
        MAX(CASE WHEN space_tags > 0 THEN usage_date END) AS last_tag,
        SUM(space_cost) AS tagged_cost
    FROM days
    UNION ALL
    SELECT
        'sagemaker:shared-space-arn' AS tag_key,
        MIN(CASE WHEN shared_space_tags > 0 THEN usage_date END) AS first_tag,
        MAX(CASE WHEN shared_space_tags > 0 THEN usage_date END) AS last_tag,
        SUM(shared_space_cost) AS tagged_cost
    FROM days
)

SELECT
    tags.tag_key,
    MIN(days.usage_date) AS first_usage,
    tags.first_tag,
    tags.last_tag,
    tags.tagged_cost,
    SUM(CASE WHEN tags.first_tag IS NULL OR days.usage_date < tags.first_tag THEN days.cost END)
        AS before_cost
FROM tags
CROSS JOIN days
GROUP BY tags.tag_key, tags.first_tag, tags.last_tag, tags.tagged_cost
ORDER BY tags.first_tag, tags.tag_key
