import { cpSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { loadReference, openReference } from '../../src/reference.ts'
import { shipped } from '../support/reference.ts'
import { projectFolder } from '../support/store.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'flopwatch-config-'))
  cpSync(join(projectFolder, 'config'), folder, { recursive: true })
})
afterEach(() => rmSync(folder, { recursive: true }))

/** Replaces text once in a file of the copy; returns the line it stands on. */
function edit(name: string, from: string, to: string): number {
  const text = readFileSync(join(folder, name), 'utf8')
  const at = text.indexOf(from)
  if (at < 0) throw new Error(`${name} has no "${from}"`)
  writeFileSync(join(folder, name), text.replace(from, to))
  return text.slice(0, at).split('\n').length
}

describe('faults carry their file and line', () => {
  test('a key that nobody knows', () => {
    const line = edit('accelerators.yaml', '    vendor: NVIDIA', '    seller: NVIDIA')
    const { faults } = loadReference(folder)
    expect(faults.map(fault => fault.line)).toContain(line)
    expect(faults.some(fault => fault.message.includes('seller'))).toBe(true)
    expect(faults.every(fault => fault.file === join(folder, 'accelerators.yaml'))).toBe(true)
  })

  test('a SKU of a chip that the catalogue lacks, and one that is listed twice', () => {
    const first = edit(
      'skus.yaml',
      'p5.48xlarge: { chip: nvidia-h100-sxm5-80gb',
      'p5.48xlarge: { chip: nvidia-h1000',
    )
    const second = edit('skus.yaml', 'gb200-4x:', 'P4D.24xlarge:')
    const file = join(folder, 'skus.yaml')
    expect(loadReference(folder).faults).toEqual([
      { file, line: first, message: 'p5.48xlarge sells nvidia-h1000, which the catalogue lacks' },
      { file, line: second, message: 'P4D.24xlarge is listed twice' },
    ])
  })

  test('several files at once, and the error names the first and the number', () => {
    edit('estimation.yaml', 'value: 0.38', 'value: 1.38')
    edit('jurisdictions.yaml', 'territories: [AS,', 'territories: [XX, AS,')
    renameSync(join(folder, 'regimes/ca-sb53.yaml'), join(folder, 'regimes/ca-sb54.yaml'))
    expect(loadReference(folder).faults.map(fault => fault.message)).toEqual([
      'capacity.utilisation_mid.value: Too big: expected number to be <=1',
      'XX is no country code',
      "id: must be ca-sb54, like the file's name",
    ])
    expect(() => openReference(folder)).toThrow(/estimation\.yaml:\d+: capacity.*\(and 2 more\)/)
  })

  test('a missing file', () => {
    rmSync(join(folder, 'skus.yaml'))
    expect(loadReference(folder).faults).toEqual([
      {
        file: join(folder, 'skus.yaml'),
        line: 1,
        message: 'the file is missing or cannot be read',
      },
    ])
  })
})

describe('the version names the content', () => {
  test('a comment changes nothing, a figure does', () => {
    edit('accelerators.yaml', '# The accelerator catalogue', '# A catalogue')
    expect(openReference(folder).version).toBe(shipped.version)
    edit('estimation.yaml', 'value: 0.35', 'value: 0.36')
    expect(openReference(folder).version).not.toBe(shipped.version)
  })

  test('regime packs have hashes of their own', () => {
    edit('regimes/us-iaas-2024.yaml', "value: '1e26'", "value: '1e25'")
    const changed = openReference(folder)
    expect(changed.version).toBe(shipped.version)
    expect(changed.regimes.get('us-iaas-2024')?.hash).not.toBe(
      shipped.regimes.get('us-iaas-2024')?.hash,
    )
    expect(changed.regimes.get('ca-sb53')?.hash).toBe(shipped.regimes.get('ca-sb53')?.hash)
  })
})

test('instance types and catalogue ids are SKUs', () => {
  const find = (sku: string) => shipped.rows.skus.find(row => row.sku === sku)
  expect(find('p5.48xlarge')).toEqual({
    sku: 'p5.48xlarge',
    chip: 'nvidia-h100-sxm5-80gb',
    accelerators: 8,
  })
  expect(find('Standard_ND96isr_H100_v5')?.accelerators).toBe(8)
  expect(find('a2-megagpu-16g')).toMatchObject({ chip: 'nvidia-a100-sxm4-40gb', accelerators: 16 })
  expect(find('nvidia-h100-sxm5-80gb')?.accelerators).toBe(1)
})

test('no joule of an unknown chip is explained away', () => {
  const unknown = shipped.rows.chips.find(row => row.chip === 'unknown')
  expect(unknown).toMatchObject({ idle_w: 0, host_w: 0, tdp_w: 700, clock_ref_mhz: null })
})
