-- Who answers, which release it is and what its clock says. The path tells servers of one machine
-- apart, the id those whose machines have one name.
-- params: none
-- rows:   node, release, at_ms
select
    concat(hostName(), ' ', toString(serverUUID()), ' ',
        (select any(path) from system.disks where name = 'default')) as node,
    version() as release,
    toUnixTimestamp64Milli(now64(3)) as at_ms
