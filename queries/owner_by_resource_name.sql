-- question:  Whose lines could only a resource name attribute, because they carry no tag?
-- reads:     charges
-- columns:   domain_arn, user_profile_arn, space_arn, component, owner_reason, cost, line_items
-- adds up:   cost, line_items
SELECT
    domain_arn,
    user_profile_arn,
    space_arn,
    component,
    owner_reason,
    SUM(cost) AS cost,
    SUM(line_items) AS line_items
FROM charges
WHERE owner_reason IN ('resource-arn', 'resource-history')
GROUP BY domain_arn, user_profile_arn, space_arn, component, owner_reason
ORDER BY cost DESC, domain_arn, user_profile_arn, space_arn, component, owner_reason
