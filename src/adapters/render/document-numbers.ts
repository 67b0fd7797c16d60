import { percent } from '../../domain/report/entry.ts'
import type { TrainingRunReport } from '../../domain/report/report.ts'
import type { Block } from './document.ts'

/** The tables of compute, findings and evidence. */

export function runBlocks(report: TrainingRunReport): Block[] {
  return [runTable(report), segmentTable(report), usageTable(report), commitmentTable(report)]
}

function runTable({ runs }: TrainingRunReport): Block {
  return {
    kind: 'table',
    caption: 'Runs',
    columns: [
      { title: 'Run', weight: 1.8 },
      { title: 'Account', weight: 1.6 },
      { title: 'Start and last activity', weight: 1.9 },
      { title: 'Chips and devices', weight: 2 },
      { title: 'Low', figure: true },
      { title: 'Middle', figure: true },
      { title: 'High', figure: true },
      { title: 'Tier', weight: 0.6 },
    ],
    rows: runs.map(run => [
      run.run_id,
      run.tenant_id,
      `${run.start}\n${run.end}`,
      `${run.chips.join(', ')} × ${run.devices_max}\n${run.device_hours} device-hours`,
      run.operations.lo,
      run.operations.mid,
      run.operations.hi,
      run.tier,
    ]),
  }
}

/** Segments shown on paper; report.json has them all. */
const SEGMENTS_SHOWN_MAX = 60

function segmentTable({ runs }: TrainingRunReport): Block {
  const all = runs.flatMap(run => run.segments.map(segment => ({ run, segment })))
  const more = all.length - SEGMENTS_SHOWN_MAX
  return {
    kind: 'table',
    caption: more > 0 ? `Segments of runs (${more} more in report.json)` : 'Segments of runs',
    columns: [
      { title: 'Run', weight: 2 },
      { title: 'Start', weight: 2 },
      { title: 'End', weight: 2 },
      { title: 'Devices', figure: true },
      { title: 'Link', figure: true },
    ],
    rows: all
      .slice(0, SEGMENTS_SHOWN_MAX)
      .map(({ run, segment }) => [
        run.run_id,
        segment.start,
        segment.end,
        String(segment.devices),
        segment.link_probability,
      ]),
  }
}

function usageTable({ usage }: TrainingRunReport): Block {
  return {
    kind: 'table',
    caption: 'Device-hours and operations by account, chip and tier',
    columns: [
      { title: 'Account', weight: 1.8 },
      { title: 'Chip', weight: 2 },
      { title: 'Tier', weight: 0.7 },
      { title: 'Observed h', figure: true },
      { title: 'Billed h', figure: true },
      { title: 'Dark h', figure: true },
      { title: 'Low', figure: true },
      { title: 'Middle', figure: true },
      { title: 'High', figure: true },
    ],
    rows: usage.map(line => [
      line.tenant_id,
      line.chip,
      line.tier,
      line.observed_device_hours,
      line.billed_device_hours,
      line.dark_device_hours,
      line.operations.lo,
      line.operations.mid,
      line.operations.hi,
    ]),
  }
}

function commitmentTable({ commitments }: TrainingRunReport): Block {
  return {
    kind: 'table',
    caption: 'Commitments',
    columns: [
      { title: 'Commitment', weight: 1.5 },
      { title: 'Account', weight: 1.5 },
      { title: 'Status', weight: 0.8 },
      { title: 'Accelerators', weight: 2 },
      { title: 'From and to', weight: 2 },
      { title: 'Signed', weight: 2 },
    ],
    rows: commitments.map(found => [
      `${found.commitment_id}\n${found.revisions} revisions`,
      found.tenant_id,
      found.status,
      `${found.accelerators} × ${found.accelerator}\n${found.fabric_gbps ?? 'unknown'} Gbit/s, ${found.site || 'site unknown'}`,
      `${found.start}\n${found.end}`,
      found.signed_at ?? 'not known',
    ]),
  }
}

export function findingBlocks(report: TrainingRunReport): Block[] {
  return [findingTable(report), parameterTable(report), flagTable(report)]
}

function findingTable({ findings }: TrainingRunReport): Block {
  return {
    kind: 'table',
    caption: 'Findings of the case',
    columns: [
      { title: 'Finding', weight: 1.8 },
      { title: 'Detector', weight: 2 },
      { title: 'Subject', weight: 1.8 },
      { title: 'State', weight: 1 },
      { title: 'Low', figure: true },
      { title: 'Middle', figure: true },
      { title: 'High', figure: true },
      { title: 'Confidence', figure: true },
    ],
    rows: findings.map(found => [
      `${found.finding_id}\nversion ${found.version}, ${found.role}`,
      `${found.detector_id}\nversion ${found.detector_version}`,
      `${found.subject_kind}\n${found.subject_id}`,
      `${found.state}\n${found.severity}, ${found.basis}`,
      found.measured.lo,
      found.measured.mid,
      found.measured.hi,
      percent(Number(found.confidence)),
    ]),
  }
}

function parameterTable({ findings }: TrainingRunReport): Block {
  const seen = new Map(
    findings.flatMap(found =>
      Object.entries(found.parameters).map(([name, parameter]) => [
        `${found.detector_id} ${name}`,
        [
          found.detector_id,
          name,
          `${parameter.value} ${parameter.unit}`,
          parameter.origin,
        ] as const,
      ]),
    ),
  )
  return {
    kind: 'table',
    caption: 'Parameters in use',
    columns: [
      { title: 'Detector', weight: 2 },
      { title: 'Parameter', weight: 2 },
      { title: 'Value', weight: 1.5 },
      { title: 'From', weight: 2 },
    ],
    rows: [...seen.values()],
  }
}

function flagTable({ red_flags }: TrainingRunReport): Block {
  return {
    kind: 'table',
    caption: 'Red flags: reasons to look, none of them law',
    columns: [
      { title: 'Flag', weight: 1.5 },
      { title: 'What', weight: 2 },
      { title: 'Detail', weight: 4 },
      { title: 'From', weight: 1.5 },
    ],
    rows: red_flags.map(flag => [flag.id, flag.title, flag.detail, flag.source]),
  }
}

/** Accesses shown on paper; report.json has all that were read. */
const ACCESSES_SHOWN_MAX = 100

export function evidenceBlocks({ evidence, accesses, case: current }: TrainingRunReport): Block[] {
  return [
    {
      kind: 'pairs',
      pairs: [
        ['Case events', `${current.events}, last hash ${current.last_hash}`],
        ['Catalogue and priors', evidence.catalogue_version],
      ],
    },
    {
      kind: 'table',
      caption: 'Source batches of the rows behind this report',
      columns: [
        { title: 'Stream', weight: 1.6 },
        { title: 'Batch and source', weight: 2.4 },
        { title: 'Rows', figure: true, weight: 0.8 },
        { title: 'SHA-256 of the source', weight: 3 },
        { title: 'Digest of rows', weight: 1.8 },
      ],
      rows: evidence.sources.map(found => [
        found.stream,
        `${found.batch_id}\n${found.source}`,
        String(found.rows),
        found.source_hash || 'not known',
        found.digest,
      ]),
    },
    {
      kind: 'table',
      caption: 'Determinations and the identity snapshots behind them',
      columns: [
        { title: 'Finding', weight: 1.8 },
        { title: 'Answer', weight: 1 },
        { title: 'Time of use and known at', weight: 1.8 },
        { title: 'Reason', weight: 2.4 },
        { title: 'Snapshot', weight: 3 },
      ],
      rows: evidence.determinations.map(made => [
        made.finding_id,
        `${made.status} (${made.basis})`,
        `${made.use_time}\n${made.known_at}`,
        made.reason,
        `${made.identity_hash}\n${made.statements.length} statements`,
      ]),
    },
    {
      kind: 'table',
      caption:
        accesses.length > ACCESSES_SHOWN_MAX
          ? `Access and administration, newest first (${accesses.length - ACCESSES_SHOWN_MAX} more in report.json)`
          : 'Access and administration, newest first',
      columns: [
        { title: 'Time', weight: 1.6 },
        { title: 'Account', weight: 1.6 },
        { title: 'Principal', weight: 2 },
        { title: 'Address', weight: 1.4 },
        { title: 'Action', weight: 1.8 },
      ],
      rows: accesses
        .slice(0, ACCESSES_SHOWN_MAX)
        .map(({ time, tenant_id, principal, ip, action }) => [
          time,
          tenant_id,
          principal,
          ip,
          action,
        ]),
    },
  ]
}
