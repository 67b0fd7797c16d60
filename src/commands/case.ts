import type { App } from '../app.ts'
import type { Case } from '../domain/case/case.ts'
import { Fault } from '../domain/fault.ts'
import { caseClocks } from '../policy.ts'
import { actOnCase, type CaseActionOutcome } from '../stages/case-action.ts'
import { readCases, readRecords } from '../stages/cases/ledger.ts'
import { caseJson, caseListText, caseText, eventJson, type SeenAt } from './case-text.ts'
import { type CommandContext, type GlobalOptions, printLine } from './context.ts'
import { readInstant } from './detect.ts'
import { openForCommand } from './open.ts'

/** `flopwatch case [ID [ACTION]]`: the cases, one case, and what people do to it. */

export interface CaseOptions extends GlobalOptions {
  readonly by?: string
  readonly reason?: string
  /** `field=value`, once per field. */
  readonly set?: readonly string[]
  readonly at?: string
  /** The version of the case that the action was decided on. */
  readonly seen?: string
}

export async function caseCommand(
  context: CommandContext,
  options: CaseOptions,
  [id, action]: string[],
): Promise<void> {
  const at = readInstant(options.at, '--at')
  const fields = readFields(options.set ?? [])
  const seen = readVersion(options.seen)
  const app = await openForCommand(context, options)
  try {
    const { colours } = app.triageRules
    const view = { at: at ?? context.clock.now(), colours }
    if (id === undefined) return await printList(context, app, view, options)
    if (action !== undefined) {
      const policy = caseClocks(app.regime)
      const { by = '', reason } = options
      const request = { case_id: id, action, by, reason, fields, at: at ?? undefined, seen }
      const outcome = await actOnCase({ store: app.store, clock: context.clock, policy }, request)
      if (!outcome.taken) throw refusalFault(id, outcome)
    }
    await printCase(context, app, { id, view, json: options.json === true })
  } finally {
    await app.close()
  }
}

async function printList(
  context: CommandContext,
  app: App,
  view: SeenAt,
  { json }: CaseOptions,
): Promise<void> {
  const cases = (await readCases(app.store)).toSorted(byDue)
  if (json) {
    printLine(
      context,
      JSON.stringify(
        cases.map(found => caseJson(found, view)),
        null,
        2,
      ),
    )
    return
  }
  printLine(context, `${caseListText(cases, view)}\n${app.regime.banner}`)
}

function byDue(a: Case, b: Case): number {
  return a.clocks.from_transaction.due_at - b.clocks.from_transaction.due_at
}

async function printCase(
  context: CommandContext,
  { store, regime }: App,
  { id, view, json }: { id: string; view: SeenAt; json: boolean },
): Promise<void> {
  const [record] = id === '' ? [] : await readRecords(store, [id])
  if (!record) throw new Fault('NOT_FOUND', `there is no case ${id}`)
  const { current, standing, voided } = record
  const events = standing.map(eventJson)
  const void_events = voided.map(eventJson)
  const text = json
    ? JSON.stringify({ ...caseJson(current, view), events, void_events }, null, 2)
    : caseText(record, view, regime.banner)
  printLine(context, text)
}

/** A refused action changes nothing and says what would be taken instead. */
function refusalFault(id: string, outcome: CaseActionOutcome & { taken: false }): Fault {
  const { cause, why, allowed } = outcome
  if (cause === 'unknown_case') return new Fault('NOT_FOUND', why)
  const now = [...new Set(allowed.map(({ word }) => word))].join(', ') || 'nothing'
  return new Fault('USAGE', `${id}: ${why}. Allowed now: ${now}`)
}

function readFields(pairs: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    pairs.map(pair => {
      const [, name, value] = /^([a-z_]+)=(.+)$/s.exec(pair) ?? []
      if (name !== undefined && value !== undefined) return [name, value] as const
      throw new Fault('USAGE', `--set "${pair}" is not field=value`)
    }),
  )
}

function readVersion(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text)
  throw new Fault('USAGE', `--seen "${text}" is not a version of a case`)
}
