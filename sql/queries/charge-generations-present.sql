-- The generation in force of each billing period of some billing accounts.
-- params: accounts Array(String)
-- rows:   billing_account_id, period_start, generation (text)
-- bound:  the billing periods of these accounts
select billing_account_id, period_start, toString(generation) as generation
from charge_generations final
where billing_account_id in {accounts:Array(String)}
