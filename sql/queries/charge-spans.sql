-- The spans that the charges of one billing period cover, in any generation: when a file replaces
-- the period, the hours of the old charges and of the new ones change alike.
-- params: account String, period_start DateTime64(3), limit UInt32
-- rows:   tenant_id, start, end
-- bound:  limit
select distinct toString(charges.tenant_id) as tenant_id, charges.start as start, charges.end as end
from charges
where billing_account_id = {account:String} and period_start = {period_start:DateTime64(3, 'UTC')}
order by start, end, tenant_id
limit {limit:UInt32}
