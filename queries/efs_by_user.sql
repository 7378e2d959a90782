-- question:  What did the home volumes cost, by domain and by user?
-- reads:     charges
-- columns:   domain_arn, user_profile_arn, cost
-- chart:     bar
--
-- Users appear where the map `efs-usage.csv` tells whose files lie on a volume.
SELECT domain_arn, user_profile_arn, SUM(cost) AS cost
FROM charges
WHERE component = 'efs'
GROUP BY domain_arn, user_profile_arn
ORDER BY cost DESC, domain_arn, user_profile_arn
