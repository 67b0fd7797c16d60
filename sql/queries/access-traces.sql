-- Who signed in, and from where, to more than one account.
-- params: since DateTime64(3), until DateTime64(3), holders_max UInt32
-- rows:   kind (principal, ip, network: /24, or the first 48 bits of IPv6), value, holders: tenants
--         with their last access by it
-- bound:  accesses in [since, until), grouped; values of more than holders_max tenants link nobody
select kind, value, groupArray((tenant_id, last)) as holders
from
(
    select trace.1 as kind, trace.2 as value, toString(tenant_id) as tenant_id, max(time) as last
    from
    (
        select
            tenant_id, time,
            arrayJoin([
                ('principal', lower(principal)),
                ('ip', ip),
                ('network', if(isIPv4String(ip), IPv4NumToStringClassC(toIPv4OrDefault(ip)),
                    substring(hex(toIPv6OrDefault(ip)), 1, 12)))]) as trace
        from accesses final
        where time >= {since:DateTime64(3, 'UTC')} and time < {until:DateTime64(3, 'UTC')}
    )
    where trace.2 != ''
    group by kind, value, tenant_id
)
group by kind, value
having count() between 2 and {holders_max:UInt32}
order by kind, value
