import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { parse } from 'yaml'
import { calibrationFaults, calibrationFile } from '../../src/domain/calibration.ts'
import { fitRatios, type LabelledRatio } from '../../src/domain/calibration-fit.ts'
import { labelledRun } from '../../src/domain/labelled-run.ts'
import { createLabelReader } from '../../src/stages/calibrate.ts'
import { shipped } from '../support/reference.ts'
import { projectFolder } from '../support/store.ts'
import { type Laboratory, openLaboratory } from './laboratory.ts'
import { CARDS, lines, readRecording, reduced, tenantOf } from './recording.ts'

// The constants in config/calibration/hopper.yaml are those that `flopwatch calibrate` fits to the
// recordings beside this, once on the tensor gauge and once on energy.

const EVIDENCE = ['T2', 'T3'] as const

let laboratory: Laboratory
beforeAll(async () => {
  laboratory = await openLaboratory(
    CARDS.map(readRecording).flatMap(recording =>
      EVIDENCE.flatMap(evidence => reduced(recording, evidence, false)),
    ),
  )
})
afterAll(() => laboratory.close())

test('the constants that are shipped are those of the recordings', async () => {
  const text = readFileSync(join(projectFolder, 'config/calibration/hopper.yaml'), 'utf8')
  const calibration = calibrationFile.parse(parse(text))
  const { fits } = fitRatios(await ratios())
  expect(calibration.fits).toEqual(fits)
  expect(calibrationFaults(calibration, shipped.catalogue)).toEqual([])
})

/** The same runs on either kind of evidence. */
async function ratios(): Promise<LabelledRatio[]> {
  const { catalogue, estimation, calibration } = shipped
  const { store } = laboratory
  const read = createLabelReader({ store, catalogue, priors: estimation, fits: calibration.fits })
  const found: LabelledRatio[] = []
  for (const card of CARDS) {
    for (const evidence of EVIDENCE) {
      for (const line of lines(card, 'labels')) {
        const tenant_id = tenantOf(card, evidence, false)
        const ratio = await read(labelledRun.parse({ ...JSON.parse(line), tenant_id }))
        if (typeof ratio === 'string') throw new Error(`${line}: ${ratio}`)
        found.push(ratio)
      }
    }
  }
  return found
}
