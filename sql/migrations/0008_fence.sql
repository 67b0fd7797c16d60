-- Whose turn it is to tick: one row per instance, its newest one counts. A turn under way is
-- renewed while it lasts; one that is renewed no more has lost its instance. `version` is the
-- newest build number that the instance had used by then, and begins the numbers of whoever comes
-- next, so that no clock decides which rebuild is the newer one. `began`: the version at which the
-- last turn began that was not given back at once.
create table if not exists turns :on_cluster
(
    instance   String,
    version    UInt64,
    generation Int64,
    is_open    UInt8,
    began      UInt64,
    at         DateTime64(3, 'UTC')
)
engine = :engine(ReplacingMergeTree(version))
order by (instance)
-- ;
-- Who ticked. is_alone: nobody else can have written meanwhile; only such a tick is what the next
-- one goes on from. Ticks of before this column had no other beside them.
alter table ticks :on_cluster
    add column if not exists instance String,
    add column if not exists generation Int64,
    add column if not exists is_alone UInt8 default 1
-- ;
-- Two instances may give one version of a finding different contents: both are kept, and the one
-- of the later build is read.
alter table findings :on_cluster
    add column if not exists build UInt64,
    modify order by (finding_id, version, build)
-- ;
-- `seq` orders the rows of a case by how many of its events were seen, void ones too; `version` is
-- the number of those that stand, which is what people call the version of a case.
alter table cases :on_cluster
    add column if not exists version UInt32 default seq
