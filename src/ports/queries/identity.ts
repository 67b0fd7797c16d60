import { z } from 'zod'
import { LEVELS } from '../../domain/identity/account-link.ts'
import { determinationBody } from '../../domain/identity/determination.ts'
import type { StoredStatement } from '../../domain/identity/history.ts'
import { IDENTITY_KINDS, identityRecord } from '../../domain/records/identity.ts'
import { sqlTime, sqlTimeOrNull, timeParam } from './cells.ts'

const statementRow = z.object({
  kind: z.enum(IDENTITY_KINDS),
  id: z.string(),
  valid_from: sqlTime,
  valid_to: sqlTimeOrNull,
  recorded_at: sqlTime,
  content_hash: z.string(),
  body: z.string(),
})

/** A party and an account are named by what they say, whatever id the statement is stored by. */
function toStatement({ kind, body, ...row }: z.output<typeof statementRow>): StoredStatement {
  const content: unknown = JSON.parse(body)
  switch (kind) {
    case 'party': {
      const record = identityRecord.party.parse(content)
      return { ...row, kind, id: record.party_id, record }
    }
    case 'account': {
      const record = identityRecord.account.parse(content)
      return { ...row, kind, id: record.tenant_id, record }
    }
    case 'ownership':
      return { ...row, kind, record: identityRecord.ownership.parse(content) }
    case 'list':
      return { ...row, kind, record: identityRecord.list.parse(content) }
  }
}

const limit = { limit: z.number() }

/** Statements about who is who: identity as recorded, the groups and determinations made of it. */
export const identityQueries = {
  'identity-known': {
    params: z.object({ known_at: timeParam, ...limit }),
    row: statementRow.transform(toStatement),
  },
  'group-members-present': {
    params: z.object(limit),
    row: z.object({ group_id: z.string(), tenant_id: z.string(), links: z.string() }),
  },
  'group-links': {
    params: z.object({ tenants: z.array(z.string()) }),
    row: z.object({
      group_id: z.string(),
      tenant_id: z.string(),
      links: z
        .string()
        .transform(text => z.array(z.record(z.string(), z.unknown())).parse(JSON.parse(text))),
    }),
  },
  'account-links-present': {
    params: z.object(limit),
    row: z.object({
      level: z.enum(LEVELS),
      tenant_id: z.string(),
      entity_id: z.string(),
      p: z.number(),
      evidence: z.string(),
    }),
  },
  'access-traces': {
    params: z.object({ since: timeParam, until: timeParam, holders_max: z.number() }),
    row: z.object({
      kind: z.enum(['principal', 'ip', 'network']),
      value: z.string(),
      holders: z
        .array(z.tuple([z.string(), sqlTime]))
        .transform(pairs => pairs.map(([tenant_id, at]) => ({ tenant_id, at }))),
    }),
  },
  'behaviour-traces': {
    params: z.object({ since: timeParam }),
    row: z.object({
      kind: z.enum(['stall', 'baton']),
      value: z.string(),
      tenants: z.array(z.string()),
      at: sqlTime,
    }),
  },
  'determination-newest': {
    params: z.object({ findings: z.array(z.string()) }),
    row: z.object({
      finding_id: z.string(),
      finding_version: z.number(),
      group_id: z.string(),
      status: z.string(),
      basis: z.string(),
      use_time: sqlTime,
      known_at: sqlTime,
      identity_hash: z.string(),
      determined_at: sqlTime,
      body: z.string().transform(text => determinationBody.parse(JSON.parse(text))),
    }),
  },
} as const
