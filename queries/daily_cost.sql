-- question:  What was spent on each day, on SageMaker and on everything else?
-- reads:     charges
-- conserves: cost
-- adds up:   sagemaker_cost, other_cost
-- columns:   usage_date, cost, sagemaker_cost, other_cost
-- chart:     stacked
WITH by_standing AS (
    SELECT
        usage_date,
        cost,
        CASE WHEN component = 'other-service' THEN cost - cost ELSE cost END AS sagemaker_cost,
        CASE WHEN component = 'other-service' THEN cost ELSE cost - cost END AS other_cost
    FROM charges
)
SELECT
    usage_date,
    SUM(cost) AS cost,
    SUM(sagemaker_cost) AS sagemaker_cost,
    SUM(other_cost) AS other_cost
FROM by_standing
GROUP BY usage_date
ORDER BY usage_date
