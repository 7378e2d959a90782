-- question:  What did each Studio space cost, and whose is it?
-- reads:     charges
-- conserves: cost
-- adds up:   line_items
-- columns:   domain_arn, space_arn, user_profile_arn, cost, line_items
-- chart:     bar
SELECT
    domain_arn,
    space_arn,
    user_profile_arn,
    SUM(cost) AS cost,
    SUM(line_items) AS line_items
FROM charges
GROUP BY domain_arn, space_arn, user_profile_arn
ORDER BY cost DESC, domain_arn, space_arn, user_profile_arn
