-- Where a sample came from: the partition ('kafka:topic/partition') and the offset of its message;
-- for bodies and files the batch, and no offset. A record that is met again under its own origin
-- counts as accepted, so that the account of a partition is the same after any crash.
alter table samples :on_cluster
    add column if not exists source LowCardinality(String) after batch_id,
    add column if not exists source_offset UInt64 after source
-- ;
-- Contents that lost against another under the same identity, every one of them, so that the set
-- does not depend on the order of arrival. Two contents of one revision (stored or lost) are a
-- conflict, a data-quality signal: see sample-conflicts-count. was_stored: the content had been
-- accepted, from that source and offset, before the other took its place; said once it stays said.
create table if not exists sample_losers :on_cluster
(
    hour          DateTime('UTC'),
    device_id     String,
    time          DateTime64(3, 'UTC'),
    version       UInt128,
    revision      UInt32,
    tenant_id     LowCardinality(String),
    batch_id      String,
    source        LowCardinality(String),
    source_offset UInt64,
    was_stored    UInt8
)
engine = :engine(ReplacingMergeTree(was_stored))
partition by toYYYYMM(hour)
order by (hour, device_id, time, version)
-- ;
drop table if exists sample_conflicts :on_cluster
-- ;
-- The ledger of partitions, and the only truth about how far each was read. A `part` is durable:
-- its rows were stored before its line was written. A `claim` says who reads on from where; its
-- offsets are equal and its counts 0. A newer claim voids every part of older ones that begins at
-- or after it: what a fenced reader may still have written there was read again.
-- A topic that was made anew begins a new incarnation: its offsets mean other messages.
create table if not exists partition_parts :on_cluster
(
    topic        LowCardinality(String),
    partition    UInt32,
    incarnation  UInt64,
    epoch        UInt64,
    offset_first UInt64,
    offset_next  UInt64,
    kind         LowCardinality(String),
    -- of a claim: '' goes on, 'gap' offsets were gone before they were read, 'restart' the topic
    -- is shorter than what was read of it, 'rewind' somebody wants it read again
    reason       LowCardinality(String),
    instance     String,
    generation   Int64,
    batch_id     String,
    stream       LowCardinality(String),
    source_hash  String,
    received_at  DateTime64(3, 'UTC'),
    messages     UInt64,
    consumed     UInt64,
    accepted     UInt64,
    revised      UInt64,
    duplicates   UInt64,
    conflicts    UInt64,
    quarantined  UInt64,
    bytes        UInt64,
    time_min     Nullable(DateTime64(3, 'UTC')),
    time_max     Nullable(DateTime64(3, 'UTC'))
)
engine = :engine(ReplacingMergeTree())
order by (topic, partition, epoch, offset_first, kind, instance)
-- ;
-- Parts that stand: not voided by a claim that is newer than the one they were read under. Claims
-- are ordered by epoch and instance: two may take the same epoch in one moment, and the one with
-- the larger instance has it.
create view if not exists partition_parts_standing :on_cluster as
select part.* from
(
    select * from partition_parts final where kind = 'part'
) as part
left join
(
    select
        topic,
        partition,
        incarnation,
        epoch,
        instance,
        minOrNull(offset_first) over (
            partition by topic, partition, incarnation
            order by epoch desc, instance desc
            rows between unbounded preceding and 1 preceding) as cut
    from partition_parts final
    where kind = 'claim'
) as claim
    on part.topic = claim.topic and part.partition = claim.partition
    and part.incarnation = claim.incarnation
    and part.epoch = claim.epoch and part.instance = claim.instance
where cut is null or part.offset_first < cut
-- ;
-- Everything that was delivered, bodies and files as well as parts of partitions.
create view if not exists deliveries :on_cluster as
select
    batch_id, stream, source, source_hash, received_at, consumed, accepted, revised, duplicates,
    conflicts, quarantined, bytes, time_min, time_max
from batches final
union all
select
    batch_id, stream, concat('kafka:', topic, '/', toString(partition), '@', toString(offset_first),
    '-', toString(offset_next)) as source, source_hash, received_at, consumed, accepted, revised, duplicates,
    conflicts, quarantined, bytes, time_min, time_max
from partition_parts_standing
-- ;
-- Records of quarantine that were sent through the intake again and were taken in.
create table if not exists quarantine_replays :on_cluster
(
    quarantine_id String,
    batch_id      String,
    at            DateTime64(3, 'UTC')
)
engine = :engine(ReplacingMergeTree(at))
order by (quarantine_id)
