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
-- Append-only: who was behind a finding at the time of use, as far as was known when it was made.
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
order by (finding_id, finding_version, determined_at, identity_hash)
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
-- What lists show of a case, read anew from its events after each change. Events are the record.
create table if not exists cases :on_cluster
(
    case_id         String,
    seq             UInt32,
    group_id        String,
    ordinal         UInt32,
    prong           UInt8,
    state           LowCardinality(String),
    is_open         UInt8,
    determination   LowCardinality(String),
    severity        LowCardinality(String),
    tenant_ids      Array(String),
    finding_ids     Array(String),
    regime_id       LowCardinality(String),
    transaction_at  DateTime64(3, 'UTC'),
    detected_at     DateTime64(3, 'UTC'),
    knowledge_at    Nullable(DateTime64(3, 'UTC')),
    transaction_due DateTime64(3, 'UTC'),
    knowledge_due   Nullable(DateTime64(3, 'UTC')),
    next_due        Nullable(DateTime64(3, 'UTC')),
    next_clock      LowCardinality(String),
    opened_at       DateTime64(3, 'UTC'),
    updated_at      DateTime64(3, 'UTC')
)
engine = :engine(ReplacingMergeTree(seq))
order by (case_id)
-- ;
-- One row per version of a report; a rebuild that gives the same bytes is the same version.
create table if not exists reports :on_cluster
(
    report_id    String,
    case_id      String,
    version      UInt32,
    case_seq     UInt32,
    group_id     String,
    built_at     DateTime64(3, 'UTC'),
    content_hash String,
    report_json  String,
    manifest     String
)
engine = :engine(ReplacingMergeTree())
order by (case_id, version, report_id)
