-- The current answer of each detector about each subject; four kinds, silence is not one of them.
create table if not exists outcomes :on_cluster
(
    detector_id      LowCardinality(String),
    subject_kind     LowCardinality(String),
    subject_id       String,
    evaluated_at     DateTime64(3, 'UTC'),
    kind             LowCardinality(String),
    state            LowCardinality(String),
    measured_lo      Float64,
    measured_mid     Float64,
    measured_hi      Float64,
    missing          Array(String),
    fault            String,
    detector_version UInt32,
    detector_hash    String
)
engine = :engine(ReplacingMergeTree(evaluated_at))
order by (detector_id, subject_kind, subject_id)
-- ;
-- Append-only: what changes is a new version. state = withdrawn when new data took it back.
create table if not exists findings :on_cluster
(
    finding_id       String,
    version          UInt32,
    detector_id      LowCardinality(String),
    detector_version UInt32,
    detector_hash    String,
    bundle_hash      String,
    raises           LowCardinality(String),
    subject_kind     LowCardinality(String),
    subject_id       String,
    tenant_ids       Array(String),
    start            DateTime64(3, 'UTC'),
    end              DateTime64(3, 'UTC'),
    state            LowCardinality(String),
    severity         LowCardinality(String),
    confidence       Float64,
    basis            LowCardinality(String),
    measured_lo      Float64,
    measured_mid     Float64,
    measured_hi      Float64,
    unit             LowCardinality(String),
    threshold        Float64,
    parameters       String,
    evidence         String,
    detected_at      DateTime64(3, 'UTC')
)
engine = :engine(ReplacingMergeTree())
order by (finding_id, version)
-- ;
create table if not exists determinations :on_cluster
(
    finding_id      String,
    finding_version UInt32,
    group_id        String,
    tenant_ids      Array(String),
    status          LowCardinality(String),
    basis           String,
    use_time        DateTime64(3, 'UTC'),
    known_at        DateTime64(3, 'UTC'),
    identity_hash   String,
    body            String,
    determined_at   DateTime64(3, 'UTC')
)
engine = :engine(ReplacingMergeTree())
order by (finding_id, finding_version, identity_hash)
-- ;
-- Append-only, each event sealed by the hash of the one before.
create table if not exists case_events :on_cluster
(
    case_id   String,
    seq       UInt32,
    group_id  String,
    at        DateTime64(3, 'UTC'),
    actor     String,
    kind      LowCardinality(String),
    body      String,
    prev_hash String,
    hash      String
)
engine = :engine(ReplacingMergeTree())
order by (case_id, seq, hash)
-- ;
create table if not exists reports :on_cluster
(
    report_id   String,
    case_id     String,
    version     UInt32,
    built_at    DateTime64(3, 'UTC'),
    content_hash String,
    report_json String,
    manifest    String
)
engine = :engine(ReplacingMergeTree())
order by (case_id, version, report_id)
