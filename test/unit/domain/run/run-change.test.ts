import { describe, expect, test } from 'vitest'
import { compareRuns, type RunExtent } from '../../../../src/domain/run/run-change.ts'
import { minutes } from './gangs.ts'

describe('what became of runs', () => {
  /** `run('r', 'a0-60 b70-90')`: gangs with their minutes. */
  const run = (run_id: string, text: string): RunExtent => {
    const segments = text.split(' ').map(part => {
      const [, gang_id = '', from, to] = /^([a-z])(\d+)-(\d+)$/.exec(part) ?? []
      return { gang_id, start: minutes(Number(from)), end: minutes(Number(to)) }
    })
    const start = Math.min(...segments.map(part => part.start))
    return { run_id, start, end: Math.max(...segments.map(part => part.end)), segments }
  }

  test('nothing changed, or only grew: nothing to tell', () => {
    expect(compareRuns([run('r', 'a0-60')], [run('r', 'a0-60')])).toEqual([])
    expect(compareRuns([run('r', 'a0-60')], [run('r', 'a0-60 b70-90')])).toEqual([])
  })

  test('a run that starts beside another is no part of it', () => {
    expect(compareRuns([run('r', 'a0-60')], [run('r', 'a0-60'), run('s', 'b10-50')])).toEqual([])
  })

  test('late data that bridges a pause merges two runs', () => {
    const before = [run('r', 'a0-60'), run('s', 'b3000-3060')]
    const after = [run('r', 'a0-60 c1500-1600 b3000-3060')]
    expect(compareRuns(before, after)).toEqual([{ run_id: 's', change: 'merged', successor: 'r' }])
  })

  test('late data at its start moves a run under a new id', () => {
    expect(compareRuns([run('r', 'a60-90 b100-120')], [run('s', 'c30-90 b100-120')])).toEqual([
      { run_id: 'r', change: 'moved', successor: 's' },
    ])
    // even when none of its gangs is left, beside a run that was there all along
    const other = run('o', 'x0-500')
    expect(compareRuns([run('r', 'a60-90'), other], [run('s', 'c30-90'), other])).toEqual([
      { run_id: 'r', change: 'moved', successor: 's' },
    ])
  })

  test('corrected data parts a run', () => {
    expect(
      compareRuns([run('r', 'a0-60 b70-90')], [run('r', 'a0-60'), run('s', 'b70-90')]),
    ).toEqual([{ run_id: 'r', change: 'split', successor: 's' }])
  })

  test('a run whose samples moved elsewhere is gone', () => {
    expect(compareRuns([run('r', 'a0-60')], [])).toEqual([
      { run_id: 'r', change: 'gone', successor: '' },
    ])
  })
})
