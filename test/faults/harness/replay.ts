import { testIntake } from '../../support/intake.ts'
import { openProbeStore } from '../../support/probe-store.ts'
import { fakeClock } from '../../support/store.ts'
import type { Dice } from './dice.ts'
import { spell } from './traffic.ts'
import type { Truth } from './truth.ts'

/** Of contents with an equal claim, any replay must choose the same: another store, another order. */

const ROWS = {
  rows: `select concat_ws(' ', device_id, toUnixTimestamp64Milli(time), revision, power_w,
    gpu_util * 128) as row from samples final`,
}

/** Throws when a conflict is settled otherwise; gives back how many there were. */
export async function replayConflicts(truth: Truth, dice: Dice): Promise<number> {
  const conflicts = truth.conflicts()
  const probe = await openProbeStore(ROWS, fakeClock(Date.UTC(2026, 6)))
  try {
    const { send } = testIntake(probe.store, fakeClock(Date.UTC(2026, 6)))
    const samples = dice.shuffle(conflicts.flatMap(({ contents }) => contents))
    await send('telemetry.accelerator', samples.map(spell).join('\n'), { format: 'ndjson' })
    const rows = await probe.probe('rows')
    const settled = new Set(rows.map(row => String(Reflect.get(Object(row), 'row'))))
    const others = conflicts.filter(({ stored }) => !settled.has(stored))
    if (others.length === 0) return conflicts.length
    const named = others.slice(0, 5).map(({ stored }) => stored)
    throw new Error(`${others.length} conflicts were settled otherwise, as ${named.join('; ')}`)
  } finally {
    await probe.close()
  }
}
